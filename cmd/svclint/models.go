package main

import (
	"github.com/spf13/cobra"
)

func (c *cli) modelsCommand() *cobra.Command { return &cobra.Command{Use: "models"} }
func (c *cli) initCommand() *cobra.Command { return &cobra.Command{Use: "init"} }

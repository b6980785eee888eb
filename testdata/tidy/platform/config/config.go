// Package config reads what a deployment says to a service: environment variables, nothing else.
package config

import (
	"fmt"
	"os"
	"strings"
)

// Env reads environment variables and remembers the ones that are missing, so that a service can name
// them all at once instead of failing on the first.
type Env struct {
	missing []string
}

// String is the value of the variable, which must be set.
func (e *Env) String(name string) string {
	v, ok := os.LookupEnv(name)
	if !ok || v == "" {
		e.missing = append(e.missing, name)
	}
	return v
}

// List is the value of the variable, cut at its commas.
func (e *Env) List(name string) []string {
	return strings.Split(e.String(name), ",")
}

// Err names the variables that are missing; nil when there are none.
func (e *Env) Err() error {
	if len(e.missing) == 0 {
		return nil
	}
	return fmt.Errorf("environment: set %s", strings.Join(e.missing, ", "))
}

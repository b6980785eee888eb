package accuracy

import (
	"encoding/json"
	"fmt"
	"os"
)

// Document is an architecture on paper: labels, or a Model. Only what is scored is read.
type Document struct {
	Repo   string `json:"repo"`
	Commit string `json:"commit"`
	Root   string `json:"root"` // sub-tree that was labelled, "." for all

	Services    []Service     `json:"services"`
	Endpoints   []Endpoint    `json:"endpoints"`
	Calls       []Call        `json:"calls"`
	Data        []Data        `json:"data"`
	SharedData  []SharedData  `json:"shared_data"`
	Events      []Event       `json:"events"`
	Chains      [][]string    `json:"chains"`
	Cycles      [][]string    `json:"cycles"`
	Tracing     []Tracing     `json:"tracing"`
	Idempotency []Idempotency `json:"idempotency"`
	Boundary    []Boundary    `json:"boundary"`

	null map[string]bool // keys whose value is null: not labelled
}

type Service struct {
	Name  string `json:"name"`
	Entry string `json:"entry"`
	Role  string `json:"role"`
}

type Endpoint struct {
	Service  string `json:"service"`
	Protocol string `json:"protocol"`
	ID       string `json:"id"`
}

type Call struct {
	From     string `json:"from"`
	To       string `json:"to"`
	Protocol string `json:"protocol"`
	ID       string `json:"id"`
}

type Data struct {
	Service string `json:"service"`
	Store   string `json:"store"`
	Name    string `json:"name"`
}

type SharedData struct {
	Name     string   `json:"name"`
	Services []string `json:"services"`
}

type Event struct {
	Service string `json:"service"`
	Dir     string `json:"dir"`
	Topic   string `json:"topic"`
}

type Tracing struct {
	Service   string `json:"service"`
	Setup     string `json:"setup"`
	Servers   string `json:"servers"`
	Clients   string `json:"clients"`
	DB        string `json:"db"`
	Messaging string `json:"messaging"`
	Breaks    []struct {
		Site string `json:"site"`
	} `json:"breaks"`
}

type Idempotency struct {
	Service    string `json:"service"`
	Endpoint   string `json:"endpoint"`
	Idempotent string `json:"idempotent"`
}

type Boundary struct {
	Kind     string   `json:"kind"`
	Services []string `json:"services"`
}

// Read reads a document from a file.
func Read(file string) (*Document, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read labels: %w", err)
	}
	d, err := Decode(text)
	if err != nil {
		return nil, fmt.Errorf("read labels: %s: %w", file, err)
	}
	return d, nil
}

// Decode reads a document from its JSON.
func Decode(text []byte) (*Document, error) {
	d := new(Document)
	if err := json.Unmarshal(text, d); err != nil {
		return nil, err
	}
	var keys map[string]json.RawMessage
	if err := json.Unmarshal(text, &keys); err != nil {
		return nil, err
	}
	d.null = make(map[string]bool)
	for key, value := range keys {
		d.null[key] = string(value) == "null"
	}
	return d, nil
}

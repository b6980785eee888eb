package effects

import (
	"encoding/gob"
	"fmt"
	"io"
)

// Encode writes the Summary in a form that Decode reads back without loss.
func (s *Summary) Encode(w io.Writer) error {
	if err := gob.NewEncoder(w).Encode(s); err != nil {
		return fmt.Errorf("encode the summary of %s: %w", s.Path, err)
	}
	return nil
}

// Decode reads a Summary that Encode wrote.
func Decode(r io.Reader) (*Summary, error) {
	s := new(Summary)
	if err := gob.NewDecoder(r).Decode(s); err != nil {
		return nil, fmt.Errorf("decode a package summary: %w", err)
	}
	return s, nil
}

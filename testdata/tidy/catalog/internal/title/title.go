// Package title is catalog's model: titles, the copies of them that stand on the shelves, and where both are stored.
package title

import "errors"

var (
	// ErrUnknown is returned for a title or copy that the catalog does not have.
	ErrUnknown = errors.New("not in the catalog")
	// ErrOtherTitle is returned for a barcode that is already stuck on a copy of another title.
	ErrOtherTitle = errors.New("barcode belongs to another title")
)

// Title is a work in one edition.
type Title struct {
	ISBN   string `json:"isbn"`
	Name   string `json:"name"`
	Author string `json:"author"`
	Year   int32  `json:"year"`
}

// Copy is one book of a title. Its version grows with every change.
type Copy struct {
	Barcode   string `json:"barcode"`
	ISBN      string `json:"isbn"`
	Withdrawn bool   `json:"withdrawn"`
	Version   int64  `json:"version"`
}

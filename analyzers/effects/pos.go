package effects

import (
	"fmt"
	"strconv"
	"strings"
)

// Pos is a place in the source, its file relative to the repository root with slashes. The zero Pos is no place.
type Pos struct {
	File string
	Line int
	Col  int
}

// String is file:line:col, the form that editors and CI systems link.
func (p Pos) String() string {
	if p.File == "" {
		return "-"
	}
	if p.Col == 0 {
		return fmt.Sprintf("%s:%d", p.File, p.Line)
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Col)
}

// IsValid reports whether p is a place.
func (p Pos) IsValid() bool { return p.File != "" }

// MarshalText is file:line, the form of sites in the Model (columns move with formatting, lines are what labels hold).
func (p Pos) MarshalText() ([]byte, error) {
	if p.File == "" {
		return nil, nil
	}
	return fmt.Appendf(nil, "%s:%d", p.File, p.Line), nil
}

// UnmarshalText reads file:line or file:line:col.
func (p *Pos) UnmarshalText(text []byte) error {
	*p = Pos{}
	if len(text) == 0 {
		return nil
	}
	parts := strings.Split(string(text), ":")
	var nums []int
	for len(parts) > 1 && len(nums) < 2 {
		n, err := strconv.Atoi(parts[len(parts)-1])
		if err != nil {
			break
		}
		nums = append([]int{n}, nums...)
		parts = parts[:len(parts)-1]
	}
	p.File = strings.Join(parts, ":")
	if len(nums) > 0 {
		p.Line = nums[0]
	}
	if len(nums) > 1 {
		p.Col = nums[1]
	}
	return nil
}

// Compare orders positions by file, line and column.
func (p Pos) Compare(q Pos) int {
	if c := strings.Compare(p.File, q.File); c != 0 {
		return c
	}
	if p.Line != q.Line {
		return p.Line - q.Line
	}
	return p.Col - q.Col
}

package redelivery

import (
	"bytes"
	"cmp"
	"path"
	"regexp"
	"slices"
	"strconv"

	"github.com/svclint/svclint/internal/arch"
)

// Find fills the Redelivery of a Model's consumers. Files are the repository's _test.go files, relative to its root, and read
// reads one; what cannot be read or parsed is passed over.
func Find(m *arch.Model, files []string, read func(string) ([]byte, error)) {
	var all []arch.Taker
	for _, row := range m.Idempotency {
		if row.Takers != nil {
			all = append(all, row.Takers.Funcs...)
		}
	}
	if len(all) == 0 {
		return
	}
	f := newFinder(files, read)
	for i := range m.Idempotency {
		if row := &m.Idempotency[i]; row.Takers != nil && len(row.Takers.Funcs) > 0 {
			row.Redelivery = f.find(row.Takers, all)
		}
	}
}

// finder holds the tests of a repository, by folder.
type finder struct {
	dirs    []string
	sources map[string][]source
	parsed  map[string][]*tests
}

type source struct {
	name string
	text []byte
}

func newFinder(files []string, read func(string) ([]byte, error)) *finder {
	f := &finder{sources: map[string][]source{}, parsed: map[string][]*tests{}}
	for _, name := range files {
		text, err := read(name)
		if err != nil || !bytes.Contains(text, []byte("func")) {
			continue
		}
		dir := path.Dir(name)
		if f.sources[dir] == nil {
			f.dirs = append(f.dirs, dir)
		}
		f.sources[dir] = append(f.sources[dir], source{name, text})
	}
	return f
}

// find is what the tests do for one consumer; nil where there are none, or where they cannot be understood. All are the takers
// of all consumers.
func (f *finder) find(t *arch.Takers, all []arch.Taker) *arch.Redelivery {
	exist := slices.ContainsFunc(t.Dirs, func(dir string) bool { return len(f.sources[dir]) > 0 })
	var once, twice *place
	unclear := false
	for _, dir := range f.dirs {
		if !f.near(dir, t) {
			continue
		}
		exist = true
		for _, ts := range f.of(dir, t) {
			d := ts.deliveries(dir, t.Funcs, all)
			once, twice = cmp.Or(once, d.once), cmp.Or(twice, d.twice)
			unclear = unclear || d.unclear
		}
	}
	switch {
	case twice != nil:
		return twice.tested(arch.DeliveredTwice)
	case unclear || !exist:
		return nil
	case once != nil:
		return once.tested(arch.DeliveredOnce)
	}
	return &arch.Redelivery{Tested: arch.NeverDelivered}
}

// near reports whether the tests of a folder can call a taker: they lie beside it, or import its package.
func (f *finder) near(dir string, t *arch.Takers) bool {
	return slices.ContainsFunc(t.Funcs, func(taker arch.Taker) bool {
		return taker.Dir == dir || slices.ContainsFunc(f.sources[dir], func(s source) bool {
			return bytes.Contains(s.text, []byte(strconv.Quote(taker.Package)))
		})
	})
}

// saysTwice is how tests of repetition are called.
var saysTwice = regexp.MustCompile(`(?i)twice|duplicat|re-?deliver|idempot|dedup|replay|repeated|at_?least_?once|(only|exactly|done|just)_? ?once|second_? ?(delivery|time)|again`)

// of parses the tests of a folder, if they name a taker or speak of repetition.
func (f *finder) of(dir string, t *arch.Takers) []*tests {
	if ts, ok := f.parsed[dir]; ok {
		return ts
	}
	if !slices.ContainsFunc(f.sources[dir], func(s source) bool {
		return saysTwice.Match(s.text) || slices.ContainsFunc(t.Funcs, func(taker arch.Taker) bool { return bytes.Contains(s.text, []byte(taker.Name)) })
	}) {
		return nil // another consumer may be named
	}
	f.parsed[dir] = parse(f.sources[dir])
	return f.parsed[dir]
}

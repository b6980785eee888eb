package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/catalog"
	"github.com/svclint/svclint/internal/config"
	"github.com/svclint/svclint/internal/workspace"
)

// ErrNoModels says that there is nothing to check.
var ErrNoModels = errors.New("there are no models to check")

// CheckModels holds library models against the repository in dir: against the API of its real dependencies, and against
// its calls. Family is a file of models; nil stands for those of the repository's configuration. The mistakes are one per
// place, as file:line:column: what is wrong, in the order of the file. N is the number of entries that were checked.
func CheckModels(ctx context.Context, dir string, family *catalog.Family, opts Options) (mistakes []string, n int, err error) {
	cfg, err := Configuration(dir, opts)
	if err != nil {
		return nil, 0, err
	}
	cat, err := Catalog(cfg)
	if err != nil {
		return nil, 0, err
	}
	if family == nil && cfg != nil {
		family = cfg.Family
	} else if family != nil {
		cat = cat.With(family)
	}
	if family == nil || len(family.Models) == 0 {
		return nil, 0, ErrNoModels
	}
	w, err := workspace.Open(ctx, dir, workspace.Options{Progress: opts.Progress, FirstParty: cfg.FirstPartyModules(), Library: library,
		API: catalog.New(family).Knows})
	if err != nil {
		return nil, 0, err
	}
	summaries, _, err := summarize(ctx, w)
	if err != nil {
		return nil, 0, err
	}
	entries := map[string]bool{}
	for _, m := range family.Models {
		entries[m.Pos] = true
	}
	wrong, missing := catalog.Verify(family.Models, w.APIs())
	said := map[string]bool{}
	for _, err := range wrong {
		mistakes = append(mistakes, err.Error())
		said[entryOf(err.Error())] = true
	}
	for _, s := range missing {
		mistakes = append(mistakes, fmt.Sprintf("%s: %s: nothing in the repository imports %s", s.Pos, s.Symbol, strings.Join(s.Packages, " or ")))
		said[s.Pos] = true
	}
	matched := arch.Matched(cat, units(w, summaries))
	for pos := range entries {
		if !matched[pos] && !said[pos] {
			mistakes = append(mistakes, pos+": this entry matches no call in the repository")
		}
	}
	slices.SortFunc(mistakes, func(a, b string) int {
		la, ca := lineCol(a)
		lb, cb := lineCol(b)
		return cmp.Or(cmp.Compare(la, lb), cmp.Compare(ca, cb), strings.Compare(a, b))
	})
	return slices.Compact(mistakes), len(entries), nil
}

// entryOf is the place at the beginning of a mistake.
func entryOf(mistake string) string {
	pos, _, _ := strings.Cut(mistake, ": ")
	return pos
}

func lineCol(mistake string) (line, col int) {
	parts := strings.Split(entryOf(mistake), ":")
	if len(parts) >= 3 {
		fmt.Sscan(parts[len(parts)-2], &line)
		fmt.Sscan(parts[len(parts)-1], &col)
	}
	return line, col
}

// ReadModels reads a file of models: one in the form of the built-in ones, or a .svclint.yml.
func ReadModels(file string, text []byte) (*catalog.Family, error) {
	if strings.HasSuffix(file, config.Name) {
		cfg, err := config.Read(file, text)
		if err != nil {
			return nil, err
		}
		return cfg.Family, nil
	}
	return catalog.Read(file, text)
}

package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"time"

	"github.com/svclint/svclint/internal/catalog"
)

func main() {
	flag.Usage = func() {
		fmt.Fprintln(os.Stderr, "usage: verify [FAMILY...]: FAMILY is the name of a model file, such as gin")
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	families, err := chosen(flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
		os.Exit(2)
	}
	ok, err := verify(ctx, os.Stdout, families, os.Environ())
	if err != nil {
		fmt.Fprintln(os.Stderr, "verify:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// chosen gives the built-in families of these names, or all.
func chosen(names []string) ([]*catalog.Family, error) {
	families, err := catalog.BuiltinFamilies()
	if err != nil || len(names) == 0 {
		return families, err
	}
	var out []*catalog.Family
	for _, name := range names {
		i := slices.IndexFunc(families, func(f *catalog.Family) bool { return f.Name == name })
		if i < 0 {
			return nil, fmt.Errorf("there is no model file %s.yaml in internal/catalog/models", name)
		}
		out = append(out, families[i])
	}
	return out, nil
}

// verify writes what is wrong with the families, one line each, and a line that sums up. It reports whether nothing is. An
// error says that the check could not be made.
func verify(ctx context.Context, out io.Writer, families []*catalog.Family, env []string) (ok bool, err error) {
	start := time.Now()
	w := wanted(families)
	loaded, rounds, err := load(ctx, w, env)
	if err != nil {
		return false, err
	}
	mistakes := append(missingModules(families), w.unprovided(loaded)...)
	var models []*catalog.Model
	for _, f := range families {
		models = append(models, f.Models...)
	}
	wrong, unchecked := catalog.Verify(models, loaded.all())
	for _, m := range wrong {
		mistakes = append(mistakes, m.Error())
	}
	for _, m := range mistakes {
		fmt.Fprintln(out, m)
	}
	for _, f := range families {
		for _, path := range sortedKeys(f.Unavailable) {
			fmt.Fprintf(out, "models/%s.yaml: not checked: %s: %s\n", f.Name, path, f.Unavailable[path])
		}
	}
	fmt.Fprintf(out, "%d models in %d files held against %d packages of %d module versions, in %d scratch modules and %.1f s: ",
		len(models), len(families), len(loaded.all()), len(w.modules), rounds, time.Since(start).Seconds())
	switch len(mistakes) {
	case 0:
		fmt.Fprint(out, "nothing is wrong")
	case 1:
		fmt.Fprint(out, "1 mistake")
	default:
		fmt.Fprintf(out, "%d mistakes", len(mistakes))
	}
	if len(unchecked) > 0 {
		var symbols []string
		for _, u := range unchecked {
			symbols = append(symbols, u.Symbol)
		}
		fmt.Fprintf(out, "; not checked: %s", strings.Join(symbols, ", "))
	}
	fmt.Fprintln(out)
	return len(mistakes) == 0, nil
}

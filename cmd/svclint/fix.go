package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/svclint/svclint/internal/atomicfile"
	"github.com/svclint/svclint/internal/finding"
	"github.com/svclint/svclint/internal/fix"
	"github.com/svclint/svclint/internal/pipeline"
)

// fix mends what can be mended with certainty among the findings of the repository at dir, and says on stderr what it did
// and what it left. It returns how many findings were mended.
func (c *cli) fix(dir string, fs []finding.Finding) (mended int, err error) {
	top := pipeline.Top(dir)
	byFile := make(map[string][]*finding.Finding)
	var order []string
	for i := range fs {
		f := &fs[i]
		if !fix.CanMend(f.Rule.ID) || !f.Pos.IsValid() {
			continue
		}
		if byFile[f.Pos.File] == nil {
			order = append(order, f.Pos.File)
		}
		byFile[f.Pos.File] = append(byFile[f.Pos.File], f)
	}
	slices.Sort(order)
	for _, rel := range order {
		name := rel
		if !filepath.IsAbs(name) {
			name = filepath.Join(top, filepath.FromSlash(rel))
		}
		n, err := c.fixFile(name, byFile[rel])
		if err != nil {
			return mended, fmt.Errorf("fix %s: %w", rel, err)
		}
		mended += n
	}
	return mended, nil
}

func (c *cli) fixFile(name string, fs []*finding.Finding) (mended int, err error) {
	text, err := os.ReadFile(name)
	if err != nil {
		return 0, err
	}
	file, err := fix.Parse(name, text)
	if err != nil {
		return 0, nil //nolint:nilerr // the report tells what does not parse
	}
	var fixes []*fix.Fix
	var of []*finding.Finding
	for _, f := range fs {
		made, err := fix.For(f, file)
		var advice *fix.Advice
		switch {
		case errors.As(err, &advice):
			advice.Dir = fromHere(advice.Dir)
			c.say("%s: not fixed: %s (%s)\n", f.Pos, advice, f.Rule.ID)
		case err != nil:
			return 0, err
		case made != nil:
			fixes, of = append(fixes, made), append(of, f)
		}
	}
	if len(fixes) == 0 {
		return 0, nil
	}
	text, skipped, err := file.Apply(fixes)
	if err != nil {
		return 0, err
	}
	if err := atomicfile.Write(name, text, 0o644); err != nil {
		return 0, err
	}
	for i, f := range of {
		if slices.Contains(skipped, i) {
			c.say("%s: not fixed: it overlaps with another fix; fix again (%s)\n", f.Pos, f.Rule.ID)
			continue
		}
		c.say("%s: fixed: %s (%s)\n", f.Pos, fixes[i].Message, f.Rule.ID)
		mended++
	}
	return mended, nil
}

// fromHere is a directory as one would name it from the working directory, when it lies below it.
func fromHere(dir string) string {
	here, err := os.Getwd()
	if err != nil {
		return dir
	}
	if rel, err := filepath.Rel(here, dir); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return dir
}

func (c *cli) say(format string, args ...any) { fmt.Fprintf(c.stderr, format, args...) }

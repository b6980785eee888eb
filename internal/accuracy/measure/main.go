// Command measure holds svclint against all labels: it analyses a checkout of each labelled repository and prints the
// tables of docs/accuracy.md. It runs in a checkout of svclint, as make accuracy.
//
//	measure [-corpus DIR] [-show N] [-kinds KIND,...] [NAME...]
//
// DIR holds one clone per repository, named as the repository is (DeathStarBench for delimitrou/DeathStarBench). Without
// it they are fetched from GitHub and kept in the user's cache folder. Either way what is measured is at the commit of the
// labels. With names, only the label files of these names are measured (hotelReservation, shop).
// Exit status: 0; 1 when a labelled repository could not be measured; 2 on wrong usage.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/svclint/svclint/internal/accuracy"
)

func main() {
	corpus := flag.String("corpus", os.Getenv("CORPUS"), "folder of clones; without it they are fetched from GitHub")
	show := flag.Int("show", 0, "print up to this many missing and extra rows of each kind")
	only := flag.String("kinds", "", "kinds of fact in the tables, with commas between (default all)")
	flag.Parse()
	kinds := accuracy.Kinds
	if *only != "" {
		kinds = strings.Split(*only, ",")
		for _, k := range kinds {
			if !slices.Contains(accuracy.Kinds, k) {
				fmt.Fprintf(os.Stderr, "measure: -kinds: there is no kind %q: use some of %s\n", k, strings.Join(accuracy.Kinds, ","))
				os.Exit(2)
			}
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		fmt.Fprintln(os.Stderr, "measure: where checkouts may be kept:", err)
		os.Exit(1)
	}
	from := source{clones: *corpus, cache: filepath.Join(cache, "svclint-accuracy"), remote: "https://github.com/"}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, from, *show, kinds, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer, from source, show int, kinds, names []string) error {
	files, err := accuracy.LabelFiles(".")
	if err != nil {
		return err
	}
	var scores []accuracy.Score
	var failed []string
	for _, file := range files {
		name := nameOf(file)
		if len(names) > 0 && !slices.Contains(names, name) {
			continue
		}
		start := time.Now()
		s, err := measure(ctx, file, from)
		if err != nil {
			if ctx.Err() != nil {
				return errors.New("interrupted")
			}
			fmt.Fprintf(out, "%s: %v\n", name, err)
			failed = append(failed, name)
		}
		if s == nil {
			continue
		}
		s.Repo = name
		fmt.Fprintf(out, "%s: %.1f s\n", name, time.Since(start).Seconds())
		scores = append(scores, *s)
		rows(out, s, show)
	}
	if len(scores) > 0 {
		fmt.Fprintf(out, "\nF1 in percent\n\n%s\nall of them together\n\n%s", accuracy.Repositories(scores, kinds), accuracy.Pooled(scores, kinds))
	}
	if len(failed) > 0 {
		return fmt.Errorf("not measured: %s", strings.Join(failed, ", "))
	}
	if len(scores) == 0 {
		return fmt.Errorf("no label file is named %s", strings.Join(names, " or "))
	}
	return nil
}

// nameOf is how a label file is called: after itself, or after the repository that it lies in.
func nameOf(file string) string {
	if filepath.Base(file) == "labels.json" {
		return filepath.Base(filepath.Dir(file))
	}
	return strings.TrimSuffix(filepath.Base(file), ".json")
}

// measure scores svclint on one labelled repository. A repository in which svclint finds nothing to analyse has a score
// and an error.
func measure(ctx context.Context, file string, from source) (*accuracy.Score, error) {
	labels, err := accuracy.Read(file)
	if err != nil {
		return nil, err
	}
	var dir string
	if filepath.Base(file) == "labels.json" {
		// In a checkout of svclint, places would be relative to that.
		if dir, err = os.MkdirTemp("", "svclint-"); err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
		if err := os.CopyFS(dir, os.DirFS(filepath.Dir(file))); err != nil {
			return nil, err
		}
	} else if dir, err = from.checkout(ctx, labels); err != nil {
		return nil, err
	}
	model, _, err := accuracy.Recover(ctx, filepath.Join(dir, filepath.FromSlash(labels.Root)))
	if err != nil {
		model = new(accuracy.Document)
	}
	s := accuracy.Compare(labels, model)
	return &s, err
}

// rows prints what is missing and what is too many.
func rows(out io.Writer, s *accuracy.Score, show int) {
	for _, k := range s.Kinds {
		for _, part := range []struct {
			word string
			rows []accuracy.Row
		}{{"missing", k.Missing}, {"extra", k.Extra}} {
			for i, r := range part.rows {
				if i == show {
					if show > 0 {
						fmt.Fprintf(out, "  %-8s %s: and %d more\n", part.word, k.Name, len(part.rows)-show)
					}
					break
				}
				fmt.Fprintf(out, "  %-8s %s: %s\n", part.word, k.Name, r)
			}
		}
	}
}

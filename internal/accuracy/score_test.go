package accuracy

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// testdata holds Models, and what the Python scorer that the labels came with says of each (score LABELS MODEL --json).
// Those named like a label file are svclint's of an early day, reduced to what is scored; forms and unlabelled are made
// up, and have every spelling and case that the rules speak of.
func TestAgainstPython(t *testing.T) {
	models, err := filepath.Glob("testdata/*.model.json")
	if err != nil || len(models) == 0 {
		t.Fatal("no recorded Models:", err)
	}
	for _, file := range models {
		name := strings.TrimSuffix(filepath.Base(file), ".model.json")
		t.Run(name, func(t *testing.T) {
			labels := filepath.Join("testdata", name+".labels.json")
			if _, err := os.Stat(labels); err != nil {
				labels = filepath.Join("../../testdata/labels", name+".json")
			}
			got := Compare(read(t, labels), read(t, file))

			var want map[string]json.RawMessage
			text, err := os.ReadFile(filepath.Join("testdata", name+".want.json"))
			if err != nil {
				t.Fatal(err)
			}
			if err := json.Unmarshal(text, &want); err != nil {
				t.Fatal(err)
			}
			for kind, raw := range want {
				if kind == "mean_f1" {
					var mean float64
					if err := json.Unmarshal(raw, &mean); err != nil {
						t.Fatal(err)
					}
					if math.Abs(got.MeanF1()-mean) > 1e-9 {
						t.Errorf("mean F1 %v, want %v", got.MeanF1(), mean)
					}
					continue
				}
				var w struct {
					Gold, Found, Right    int
					Precision, Recall, F1 float64
				}
				if err := json.Unmarshal(raw, &w); err != nil {
					t.Fatal(err)
				}
				k := got.Kind(kind)
				if k == nil {
					t.Errorf("%s: left out, want %+v", kind, w)
					continue
				}
				if k.Labels != w.Gold || k.Found != w.Found || k.Hits != w.Right ||
					len(k.Missing) != w.Gold-w.Right || len(k.Extra) != w.Found-w.Right ||
					math.Abs(k.Precision()-w.Precision)+math.Abs(k.Recall()-w.Recall)+math.Abs(k.F1()-w.F1) > 1e-9 {
					t.Errorf("%s: %d labels, %d found, %d right, missing %v, extra %v, want %+v", kind, k.Labels, k.Found, k.Hits, k.Missing, k.Extra, w)
				}
			}
			if len(got.Kinds) != len(want)-1 {
				t.Errorf("%d kinds, want %d", len(got.Kinds), len(want)-1)
			}
		})
	}
}

// The labels are right about themselves, and every kind is in Kinds.
func TestSelf(t *testing.T) {
	files, err := LabelFiles("../..")
	if err != nil || len(files) < 9 {
		t.Fatalf("%d label files: %v", len(files), err)
	}
	var all []Score
	for _, file := range files {
		labels := read(t, file)
		s := Compare(labels, labels)
		for _, k := range s.Kinds {
			if k.F1() != 1 {
				t.Errorf("%s: %s: missing %v, extra %v", file, k.Name, k.Missing, k.Extra)
			}
			if !slices.Contains(Kinds, k.Name) {
				t.Errorf("kind %q is not in Kinds", k.Name)
			}
		}
		all = append(all, s)
	}
	if pool := Pool(all); len(pool.Kinds) != len(Kinds) {
		t.Errorf("%d kinds in all, want %d", len(pool.Kinds), len(Kinds))
	}
}

func read(t *testing.T, file string) *Document {
	t.Helper()
	d, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

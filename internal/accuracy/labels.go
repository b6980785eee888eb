package accuracy

import (
	"fmt"
	"path/filepath"
)

// LabelFiles lists the label files of a checkout of svclint: testdata/labels, for repositories elsewhere, and the labels
// that lie with the repositories in testdata.
func LabelFiles(root string) ([]string, error) {
	var out []string
	for _, pattern := range []string{"testdata/labels/*.json", "testdata/*/labels.json"} {
		files, err := filepath.Glob(filepath.Join(root, filepath.FromSlash(pattern)))
		if err != nil {
			return nil, err
		}
		out = append(out, files...)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no label files in %s: run it in a checkout of svclint", filepath.Join(root, "testdata", "labels"))
	}
	return out, nil
}

package accuracy

import (
	"context"
	"fmt"

	"github.com/svclint/svclint/internal/arch"
	"github.com/svclint/svclint/internal/pipeline"
	"github.com/svclint/svclint/report"
)

// Recover analyses the repository at dir. The document is what `svclint model --format json` prints of it, read back.
func Recover(ctx context.Context, dir string) (*Document, *arch.Model, error) {
	m, err := pipeline.Analyze(ctx, dir, pipeline.Options{})
	if err != nil {
		return nil, nil, fmt.Errorf("analyse %s: %w", dir, err)
	}
	text, err := report.ModelJSON(m)
	if err != nil {
		return nil, nil, err
	}
	d, err := Decode(text)
	return d, m, err
}

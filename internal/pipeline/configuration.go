package pipeline

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/svclint/svclint/internal/catalog"
	"github.com/svclint/svclint/internal/config"
	"github.com/svclint/svclint/internal/workspace"
)

// Configuration reads the configuration of a directory: the one that the options name, else the .svclint.yml in the
// directory or the nearest one above it in the same repository. It is nil when there is none. The error for a file that is
// wrong is one of which config.IsError holds.
func Configuration(dir string, opts Options) (*config.Config, error) {
	file, name := opts.Config, opts.Config
	if file == "" {
		abs, err := filepath.Abs(dir)
		if err == nil {
			abs, err = filepath.EvalSymlinks(abs)
		}
		if err != nil {
			return nil, nil //nolint:nilerr // workspace.Open says what is wrong with the directory
		}
		top := nearest(abs, ".git")
		if top == "" {
			top = abs
		}
		if file, err = config.Find(abs, top); err != nil || file == "" {
			return nil, err
		}
		name = shownAs(file)
	}
	cfg, err := config.Load(file, name)
	if err != nil {
		return nil, err
	}
	if opts.CheckConfig != nil {
		if err := opts.CheckConfig(cfg); err != nil {
			return nil, err
		}
	}
	cfg.File = file
	return cfg, nil
}

// shownAs is a file as a person in the current directory would name it.
func shownAs(file string) string {
	if cwd, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(cwd, file); err == nil && !strings.HasPrefix(rel, "..") {
			return rel
		}
	}
	return file
}

// Catalog is what the built-in models and those of a configuration say. Where both speak of a symbol, the latter counts.
func Catalog(cfg *config.Config) (*catalog.Catalog, error) {
	cat, err := builtin()
	if err != nil {
		return nil, fmt.Errorf("read the built-in library models: %w", err)
	}
	if cfg != nil && cfg.Family != nil {
		cat = cat.With(cfg.Family)
	}
	return cat, nil
}

// settle makes the paths of a configuration those of the workspace, and says which directories it names in vain.
func settle(cfg *config.Config, w *workspace.Workspace) error {
	if cfg == nil {
		return nil
	}
	shown := shownAs(cfg.File)
	abs, err := filepath.Abs(cfg.File)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		return fmt.Errorf("read %s: %w", shown, err)
	}
	// A file that lies elsewhere (--config) speaks of the repository from its top.
	dir := "."
	if rel := w.Rel(abs); !filepath.IsAbs(filepath.FromSlash(rel)) {
		dir = path.Dir(rel)
	}
	cfg.Rebase(dir)
	if err := cfg.CheckEntries(shown, func(dir string) bool {
		info, err := os.Stat(w.Abs(dir))
		return err == nil && info.IsDir()
	}); err != nil {
		return err
	}
	if cfg.File = w.Rel(abs); filepath.IsAbs(filepath.FromSlash(cfg.File)) {
		cfg.File = path.Base(cfg.File)
	}
	return nil
}

// library reports whether the built-in models know a module: it is read by them, also in a repository of those who make it.
func library(module string) bool {
	cat, err := builtin()
	return err != nil || cat.KnowsModule(module)
}

// builtin is the catalog without the models of a configuration: those make no library of a module of one's own. It is
// not changed once it is made.
var builtin = sync.OnceValues(catalog.Builtin)

// Below is a directory relative to its repository's root, as paths in the Model are.
func Below(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err == nil {
		abs, err = filepath.EvalSymlinks(abs)
	}
	if err != nil {
		return "", err
	}
	top := nearest(abs, ".git")
	if top == "" {
		return ".", nil
	}
	rel, err := filepath.Rel(top, abs)
	return filepath.ToSlash(rel), err
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"github.com/svclint/svclint/internal/accuracy"
)

// source says where labelled repositories come from.
type source struct {
	clones string // folder of clones, named as the repositories are; "" for none
	cache  string // folder in which checkouts are kept from run to run
	remote string // what stands before owner/name in a URL to fetch from
}

// checkout gives a folder that holds a labelled repository at the commit of its labels: the clone itself when that is where
// it is, else a checkout of its own, made of the clone or, without one, of what is fetched. Neither clones nor their work
// trees are changed.
func (s source) checkout(ctx context.Context, labels *accuracy.Document) (string, error) {
	clone := ""
	if s.clones != "" {
		clone = filepath.Join(s.clones, path.Base(labels.Repo))
		head, err := git(ctx, clone, "rev-parse", "HEAD")
		switch {
		case errors.Is(err, os.ErrNotExist):
			return "", fmt.Errorf("%s: there is no such folder: git clone %s%s %[1]s", clone, s.remote, labels.Repo)
		case err != nil:
			return "", fmt.Errorf("%s should be a clone of %s%s: %w", clone, s.remote, labels.Repo, err)
		case head == labels.Commit:
			return clone, nil
		}
	}
	dir := filepath.Join(s.cache, strings.ReplaceAll(labels.Repo, "/", "-")+"@"+labels.Commit)
	if head, err := git(ctx, dir, "rev-parse", "HEAD"); err == nil && head == labels.Commit {
		return dir, nil
	}
	from := s.remote + labels.Repo
	if clone != "" {
		from = clone
	}
	// Built beside its place and moved there when it is whole.
	if err := os.MkdirAll(s.cache, 0o755); err != nil {
		return "", err
	}
	partial, err := os.MkdirTemp(s.cache, "partial-")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(partial)
	from, err = absolute(from, clone != "")
	if err != nil {
		return "", err
	}
	for _, args := range [][]string{
		{"init", "-q"},
		{"fetch", "-q", "--depth", "1", from, labels.Commit},
		{"checkout", "-q", "--detach", "FETCH_HEAD"},
	} {
		if _, err := git(ctx, partial, args...); err != nil {
			return "", fmt.Errorf("checking %s out at %.12s: %w", from, labels.Commit, err)
		}
	}
	if err := os.RemoveAll(dir); err != nil {
		return "", err
	}
	return dir, os.Rename(partial, dir)
}

func absolute(from string, local bool) (string, error) {
	if !local {
		return from, nil
	}
	return filepath.Abs(from)
}

// git runs git in a folder and gives what it prints. Hooks and the user's configuration of fetches play no part.
func git(ctx context.Context, dir string, args ...string) (string, error) {
	if _, err := os.Stat(dir); err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "git", append([]string{"-c", "core.hooksPath=" + os.DevNull, "-c", "uploadpack.allowAnySHA1InWant=true"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0", "GIT_CONFIG_GLOBAL="+os.DevNull)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return strings.TrimSpace(string(out)), nil
}

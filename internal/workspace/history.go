package workspace

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// Commit is one change of the repository: the files that it touched below the workspace's root, relative to it.
type Commit struct {
	ID    string // abbreviated
	Files []string
}

// How far back History looks: months before the newest commit, and at most so many commits and so long.
const (
	historyMonths  = 12
	historyCommits = 1000
	historyTime    = 10 * time.Second
)

// History lists what changed together lately, newest first: the commits of the year before the newest one, without merges.
// It is empty where there is no git or no history; that is never an error. Nothing that the repository's own git
// configuration names is run, and nothing is fetched.
func (w *Workspace) History(ctx context.Context) []Commit {
	ctx, cancel := context.WithTimeout(ctx, historyTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git",
		"-c", "core.fsmonitor=false", "-c", "core.quotePath=false", "-c", "core.hooksPath=/dev/null", "-c", "log.showSignature=false", "-c", "log.mailmap=false",
		"--no-pager", "log", "-n", strconv.Itoa(historyCommits), "--no-merges", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-color", "--no-notes",
		"--name-only", "--relative", "--format=format:%x01%h %ct")
	cmd.Dir = w.root
	cmd.Env = append(withoutGit(os.Environ()), "GIT_ALLOW_PROTOCOL=none", "GIT_NO_LAZY_FETCH=1", "GIT_TERMINAL_PROMPT=0", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")
	out, err := cmd.Output()
	if err != nil {
		return nil
	}
	return parseHistory(out)
}

// parseHistory reads the output of git log: a line "\x01id seconds" per commit, then a line per file.
func parseHistory(out []byte) []Commit {
	var commits []Commit
	var since int64
	for entry := range bytes.SplitSeq(out, []byte{1}) {
		head, files, _ := strings.Cut(string(entry), "\n")
		id, at, ok := strings.Cut(head, " ")
		seconds, err := strconv.ParseInt(at, 10, 64)
		if !ok || err != nil {
			continue
		}
		if since == 0 {
			since = time.Unix(seconds, 0).UTC().AddDate(0, -historyMonths, 0).Unix()
		}
		if seconds < since {
			continue
		}
		if files = strings.TrimSpace(files); files != "" {
			commits = append(commits, Commit{ID: id, Files: strings.Split(files, "\n")})
		}
	}
	return commits
}

// withoutGit drops the variables that point git at another repository or at programs, as a hook's environment has them.
func withoutGit(environ []string) []string {
	var out []string
	for _, kv := range environ {
		if !strings.HasPrefix(kv, "GIT_") {
			out = append(out, kv)
		}
	}
	return out
}

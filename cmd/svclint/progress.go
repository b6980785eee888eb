package main

import (
	"fmt"
	"io"
	"sync"
	"time"
)

// quietFor is how long an analysis may take before anybody wants to know how far it is.
const quietFor = time.Second

// progress is one line on a terminal that is rewritten as the analysis goes on, and gone when it is done. On anything
// but a terminal it does nothing. Its methods may be called by several goroutines.
type progress struct {
	w     io.Writer // nil when there is nobody to look
	start time.Time

	mu    sync.Mutex
	shown bool
	done  bool
	last  time.Time
}

func newProgress(stderr io.Writer) *progress {
	p := &progress{start: time.Now()}
	if isTerminal(stderr) {
		p.w = stderr
	}
	return p
}

// report shows that done of total steps of a stage are behind; total 0 means that nobody knows.
func (p *progress) report(stage string, done, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	// A terminal needs no more than ten lines a second, but always the first of a stage and the last.
	if p.w == nil || p.done || now.Sub(p.start) < quietFor || now.Sub(p.last) < quietFor/10 && done != 0 && done != total {
		return
	}
	line := stage
	if total > 0 {
		line = fmt.Sprintf("%s %d/%d", stage, done, total)
	}
	fmt.Fprintf(p.w, "\r\x1b[K%s", line)
	p.shown, p.last = true, now
}

// clear takes the line away; later reports are ignored.
func (p *progress) clear() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.shown && !p.done {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
	p.done = true
}

package main

import (
	"os"
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// tuneGC trades memory for time. A run is short and lives on what it allocates, so garbage is collected less often than
// usual, up to a limit that is soft: it is never below twice what is really in use, lest garbage were collected more often
// than usual. GOGC and GOMEMLIMIT in the environment win.
func tuneGC() {
	if os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" {
		return
	}
	const limit = 1200 << 20
	debug.SetGCPercent(800)
	debug.SetMemoryLimit(limit)
	go func() {
		inUse := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
		for highest := int64(limit); ; time.Sleep(100 * time.Millisecond) {
			metrics.Read(inUse)
			if want := int64(inUse[0].Value.Uint64()) * 2; want > highest {
				highest = want
				debug.SetMemoryLimit(highest)
			}
		}
	}()
}

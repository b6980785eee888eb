package workspace

// skeletons are the files of one dependency with what gives its declarations their types: bodies are empty, comments,
// blank lines and large data gone, and so are the unexported functions and methods that nothing left can name, be it for a
// variable's initial value or in an interface. Of a file that does not fit, all is left.
func skeletons(files [][]byte) [][]byte {
	words := map[string]bool{} // outside of functions
	all := make([]eliding, len(files))
	for i, src := range files {
		e := &all[i]
		*e = eliding{src: src, out: make([]byte, 0, len(src)/4), words: words}
		ok := e.file(func(f function) {
			if f.open > 0 {
				e.cut(f.open, f.end, "{}")
			}
			if c := f.name[:min(len(f.name), 1)]; c == "" || 'A' <= c[0] && c[0] <= 'Z' || c[0] >= 0x80 {
				return
			}
			e.flush(f.end)
			e.unexported = append(e.unexported, outFunction{name: f.name, from: f.out, to: len(e.out)})
		})
		e.flush(len(src))
		if !ok {
			e.out, e.unexported = src, nil
			(&eliding{src: src, words: words}).gather()
		}
	}
	out := make([][]byte, len(files))
	for i := range all {
		e := &all[i]
		kept, last := e.out[:0], 0 // in place: what is kept only moves to the front
		for _, f := range e.unexported {
			if !words[f.name] {
				kept, last = append(kept, e.out[last:f.from]...), f.to
			}
		}
		out[i] = e.out
		if last > 0 {
			out[i] = append(kept, e.out[last:]...)
		}
	}
	return out
}

// gather takes all words of a file that does not fit.
func (e *eliding) gather() {
	for {
		kind, start := e.scan()
		switch kind {
		case tEOF:
			return
		case tBad:
			e.pos = min(max(e.pos, start+1), len(e.src))
		case tWord:
			e.words[string(e.src[start:e.pos])] = true
		}
	}
}

// An outFunction is one in what is left.
type outFunction struct {
	name     string
	from, to int
}

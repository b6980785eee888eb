package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"text/tabwriter"
	"time"
)

// staticcheckModule is what svclint is compared with.
const staticcheckModule = "honnef.co/go/tools/cmd/staticcheck@v0.8.2"

// The repositories of the comparison, below CORPUS, and what svclint may take there as a share of staticcheck's wall time
// and peak memory.
var benchRepositories = []struct {
	dir          string
	time, memory float64
}{
	{"DeathStarBench/hotelReservation", 1. / 3, 1.5},
	{"go-zero-looklook", 1. / 8, 1},
	{"argo-cd", 1. / 20, 1.5},
}

// TestBench holds svclint against staticcheck, side by side: each repository is analysed by the one and the other in
// turn, BENCH_ROUNDS times (1 unless set), so that what else the machine does meets both; the table has the medians.
//
// svclint runs cold: built, but with an empty build cache. staticcheck makes its first run: its own cache is empty, the build
// cache in BENCH_CACHE is warm. docs/performance.md has a table and says how to read it.
func TestBench(t *testing.T) {
	corpus := os.Getenv("CORPUS")
	if corpus == "" {
		t.Skip("takes up to an hour; make bench CORPUS=dir runs it, where dir holds the repositories that docs/performance.md names")
	}
	rounds := 1
	if s := os.Getenv("BENCH_ROUNDS"); s != "" {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 {
			t.Fatalf("BENCH_ROUNDS=%q: want a number of rounds, 1 or more", s)
		}
		rounds = n
	}
	cache := os.Getenv("BENCH_CACHE")
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(user, "svclint-bench")
	}
	bin := t.TempDir()
	svclint, staticcheck := filepath.Join(bin, "svclint"), filepath.Join(bin, "staticcheck")
	mustRun(t, ".", nil, "go", "build", "-o", svclint, ".")
	mustRun(t, ".", []string{"GOBIN=" + bin}, "go", "install", staticcheckModule)

	var table strings.Builder
	out := tabwriter.NewWriter(&table, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "repository\tsvclint\tstaticcheck\ttime ratio\tat most\tsvclint\tstaticcheck\tmemory ratio\tat most\t")
	for _, repo := range benchRepositories {
		t.Run(filepath.Base(repo.dir), func(t *testing.T) {
			dir := filepath.Join(corpus, filepath.FromSlash(repo.dir))
			if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
				t.Fatalf("no checkout of the repository: %v", err)
			}
			// What go build and go vet leave behind, without the linking: the export data of every dependency, tests too.
			mustRun(t, dir, []string{"GOCACHE=" + cache}, "go", "list", "-e", "-export", "-deps", "-test", "-f", "", "./...")
			var ours, theirs []usage
			for range rounds {
				ours = append(ours, cold(t, svclint, dir))
				theirs = append(theirs, measure(t, dir, []string{"GOCACHE=" + cache, "STATICCHECK_CACHE=" + t.TempDir()}, staticcheck, "./..."))
			}
			a, b := median(ours), median(theirs)
			timeRatio, memoryRatio := a.wall.Seconds()/b.wall.Seconds(), float64(a.peak)/float64(b.peak)
			fmt.Fprintf(out, "%s\t%.1f s\t%.1f s\t1/%.1f\t1/%.0f\t%d MB\t%d MB\t%.2f\t%.1f\t\n", filepath.Base(repo.dir),
				a.wall.Seconds(), b.wall.Seconds(), 1/timeRatio, 1/repo.time, a.peak>>20, b.peak>>20, memoryRatio, repo.memory)
			t.Logf("processor time: svclint %.1f s, staticcheck %.1f s", a.cpu.Seconds(), b.cpu.Seconds())
			if timeRatio > repo.time {
				t.Errorf("svclint took 1/%.1f of staticcheck's time, want at most 1/%.0f", 1/timeRatio, 1/repo.time)
			}
			if memoryRatio > repo.memory {
				t.Errorf("svclint's peak memory was %.2f of staticcheck's, want at most %.1f", memoryRatio, repo.memory)
			}
		})
	}
	out.Flush()
	t.Logf("%s, %s, %d processors, rounds: %d\n%s", time.Now().Format(time.DateOnly), runtime.Version(), runtime.NumCPU(), rounds, table.String())
}

// TestBenchGrowth analyses trees of N, 2N and 4N packages: what the last 2N cost each may not be more than one and a half
// times what the N before them did. It goes by processor time, which other work on the machine disturbs least, and with the
// garbage collector's ordinary setting: svclint's own saves it up to an amount of memory, and small trees would look cheap.
func TestBenchGrowth(t *testing.T) {
	if os.Getenv("CORPUS") == "" {
		t.Skip("takes minutes; part of make bench CORPUS=dir")
	}
	svclint := filepath.Join(t.TempDir(), "svclint")
	mustRun(t, ".", nil, "go", "build", "-o", svclint, ".")
	const n, rounds = 800, 3
	sizes := []int{n, 2 * n, 4 * n}
	dirs := make([]string, len(sizes))
	packages := make([]int, len(sizes))
	for i, size := range sizes {
		dirs[i] = t.TempDir()
		packages[i] = writeServices(t, dirs[i], size)
	}
	// What disturbs a run makes it longer, so the shortest tells most; the sizes take turns, so that a slow minute meets all.
	used := make([]usage, len(sizes))
	for round := range rounds {
		for i, dir := range dirs {
			if u := cold(t, svclint, dir, "GOGC=100"); round == 0 || u.cpu < used[i].cpu {
				used[i] = u
			}
		}
	}
	var table strings.Builder
	out := tabwriter.NewWriter(&table, 0, 8, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "packages\twall\tprocessor\tper package\tpeak\t")
	for i, u := range used {
		fmt.Fprintf(out, "%d\t%.2f s\t%.2f s\t%.2f ms\t%d MB\t\n", packages[i], u.wall.Seconds(), u.cpu.Seconds(), u.cpu.Seconds()*1000/float64(packages[i]), u.peak>>20)
	}
	out.Flush()
	t.Logf("generated services, the shortest of %d runs\n%s", rounds, table.String())
	before, after := (used[1].cpu-used[0].cpu)/n, (used[2].cpu-used[1].cpu)/(2*n)
	if after > before*3/2 {
		t.Errorf("a package more took %v of processor time between %d and %d packages, %v beyond: the cost is not linear", before, n, 2*n, after)
	}
}

// writeServices writes a module of services with ten packages each: main, and nine layers that call the next.
func writeServices(t *testing.T, dir string, packages int) int {
	t.Helper()
	write := func(name, text string) {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("go.mod", "module example.com/grown\n\ngo 1.21\n")
	const layers = 9
	services := packages / (layers + 1)
	for s := range services {
		var handlers strings.Builder
		for i := range 5 {
			fmt.Fprintf(&handlers, "\thttp.HandleFunc(\"GET /s%d/r%d\", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, layer0.Do%d(r.Context(), %d)) })\n", s, i, i, i)
		}
		write(fmt.Sprintf("service%d/main.go", s), fmt.Sprintf(`package main

import (
	"fmt"
	"net/http"

	"example.com/grown/service%d/layer0"
)

func main() {
%s	http.ListenAndServe(":8080", nil)
}
`, s, handlers.String()))
		for l := range layers {
			var b strings.Builder
			fmt.Fprintf(&b, "package layer%d\n\nimport (\n\t\"context\"\n", l)
			if l < layers-1 {
				fmt.Fprintf(&b, "\n\t\"example.com/grown/service%d/layer%d\"\n", s, l+1)
			} else {
				fmt.Fprintf(&b, "\t\"net/http\"\n")
			}
			b.WriteString(")\n")
			for i := range 10 {
				fmt.Fprintf(&b, "\ntype T%d struct {\n\tA, B int\n\tname string\n}\n\n", i)
				fmt.Fprintf(&b, "func (t *T%d) Sum(by int) int {\n\tfor i := 0; i < by; i++ {\n\t\tif t.A > i {\n\t\t\tt.B += i\n\t\t}\n\t}\n\treturn t.A + t.B\n}\n\n", i)
				fmt.Fprintf(&b, "func Do%d(ctx context.Context, n int) int {\n\tt := &T%d{A: n, name: \"t\"}\n", i, i)
				if l < layers-1 {
					fmt.Fprintf(&b, "\treturn t.Sum(n) + layer%d.Do%d(ctx, n)\n}\n", l+1, i)
				} else {
					fmt.Fprintf(&b, "\treq, _ := http.NewRequestWithContext(ctx, \"GET\", \"http://service%d:8080/s%d/r%d\", nil)\n\thttp.DefaultClient.Do(req)\n\treturn t.Sum(n)\n}\n", (s+1)%services, (s+1)%services, i%5)
				}
			}
			write(fmt.Sprintf("service%d/layer%d/layer.go", s, l), b.String())
		}
	}
	return services * (layers + 1)
}

// usage is what a run took. peak is the resident memory, in bytes, of the largest of the process and the ones it started:
// of svclint it has the go list.
type usage struct {
	wall, cpu time.Duration
	peak      int64
}

// cold runs svclint with an empty build cache.
func cold(t *testing.T, svclint, dir string, env ...string) usage {
	t.Helper()
	return measure(t, dir, append(env, "GOCACHE="+t.TempDir()), svclint, "check", "--fail-on", "never", ".")
}

// measure runs a linter; exit status 1, findings, is as good as 0.
func measure(t *testing.T, dir string, env []string, name string, args ...string) usage {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var stderr strings.Builder
	cmd.Stderr = &stderr
	start := time.Now()
	err := cmd.Run()
	wall := time.Since(start)
	var exit *exec.ExitError
	if err != nil && !(errors.As(err, &exit) && exit.ExitCode() == 1) {
		t.Fatalf("%s in %s: %v\n%s", filepath.Base(name), dir, err, stderr.String())
	}
	u := usage{wall: wall, cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
	if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		u.peak = int64(r.Maxrss) //nolint:unconvert // int32 on some systems
		if runtime.GOOS != "darwin" {
			u.peak <<= 10 // kilobytes
		}
	}
	return u
}

// median is that of each measure.
func median(us []usage) usage {
	var m usage
	slices.SortFunc(us, func(a, b usage) int { return int(a.cpu - b.cpu) })
	m.cpu = us[len(us)/2].cpu
	slices.SortFunc(us, func(a, b usage) int { return int(a.wall - b.wall) })
	m.wall = us[len(us)/2].wall
	slices.SortFunc(us, func(a, b usage) int { return int(a.peak - b.peak) })
	m.peak = us[len(us)/2].peak
	return m
}

func mustRun(t *testing.T, dir string, env []string, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s in %s: %v\n%s", name, strings.Join(args, " "), dir, err, out)
	}
}

package redelivery

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"testing"

	"github.com/svclint/svclint/internal/arch"
)

// The consumer of all cases: a method Handle of Consumer, which calls charge, in billing.
var takers = &arch.Takers{
	Funcs: []arch.Taker{
		{Package: "example.com/shop/billing", Dir: "billing", Type: "Consumer", Name: "Handle", Rivals: []string{"Refunds"}},
		{Package: "example.com/shop/billing", Dir: "billing", Name: "charge"},
	},
	Dirs: []string{"billing", "billing/store"},
}

// in makes a file of the package that the consumer is in.
func in(body string) map[string]string {
	return map[string]string{"billing/consumer_test.go": "package billing\n\n" + body}
}

func TestFind(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"no tests: what is missing is more than this one", nil, "nothing"},
		{"tests of something else", map[string]string{"billing/store/store_test.go": "package store\n\nfunc TestStore(t *testing.T) { open(t) }\n"}, "never"},
		{"tests of another service", map[string]string{"shipping/parcel_test.go": "package shipping\n\nfunc TestParcel(t *testing.T) { parcel(t) }\n"}, "nothing"},
		{"each message once", in(`
func TestCharge(t *testing.T) {
	c := &Consumer{books: newFake()}
	if err := c.Handle(ctx, Message{ID: "1"}); err != nil {
		t.Fatal(err)
	}
	if err := c.Handle(ctx, Message{ID: "2"}); err != nil {
		t.Fatal(err)
	}
}`), "once billing/consumer_test.go:4"},
		{"a loop that counts", in(`
func TestCharge(t *testing.T) {
	c := &Consumer{books: newFake()}
	for range 2 {
		if err := c.Handle(ctx, m); err != nil {
			t.Fatal(err)
		}
	}
}`), "twice billing/consumer_test.go:4"},
		{"a loop that makes another message each time", in(`
func TestMany(t *testing.T) {
	c := &Consumer{books: newFake()}
	for i := 0; i < 10; i++ {
		m := Message{ID: strconv.Itoa(i)}
		require.NoError(t, c.Handle(ctx, m))
	}
}`), "once billing/consumer_test.go:4"},
		{"the same call again", in(`
func TestCharge(t *testing.T) {
	c := New(books)
	m := message(t, "1")
	require.NoError(t, c.Handle(t.Context(), m))
	require.NoError(t, c.Handle(t.Context(), m))
}`), "twice billing/consumer_test.go:4"},
		{"by another instance, as after a restart", in(`
func TestCharge(t *testing.T) {
	books := newFake()
	before, after := New(books), New(books)
	m := message(t, "1")
	require.NoError(t, before.Handle(t.Context(), m))
	require.NoError(t, after.Handle(t.Context(), m))
}`), "twice billing/consumer_test.go:4"},
		{"the variable holds another message the second time", in(`
func TestCharge(t *testing.T) {
	c := New(books)
	m := message(t, "1")
	require.NoError(t, c.Handle(t.Context(), m))
	m.ID = "2"
	require.NoError(t, c.Handle(t.Context(), m))
}`), "once billing/consumer_test.go:4"},
		{"subtests with a consumer each", in(`
func TestCharge(t *testing.T) {
	m := message(t, "1")
	t.Run("accepted", func(t *testing.T) {
		c := New(newFake())
		require.NoError(t, c.Handle(t.Context(), m))
	})
	t.Run("refused", func(t *testing.T) {
		c := New(newFake())
		require.Error(t, c.Handle(t.Context(), m))
	})
}`), "once billing/consumer_test.go:4"},
		{"subtests that share one", in(`
func TestCharge(t *testing.T) {
	m, c := message(t, "1"), New(newFake())
	t.Run("first", func(t *testing.T) { require.NoError(t, c.Handle(t.Context(), m)) })
	t.Run("second", func(t *testing.T) { require.NoError(t, c.Handle(t.Context(), m)) })
}`), "twice billing/consumer_test.go:4"},
		{"a table, a message per case", in(`
func TestCharge(t *testing.T) {
	for _, tc := range []struct{ name string; m Message }{
		{name: "small", m: Message{Cents: 1}},
		{name: "large", m: Message{Cents: 1000}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := New(newFake())
			require.NoError(t, c.Handle(t.Context(), tc.m))
		})
	}
}`), "once billing/consumer_test.go:4"},
		{"a table whose cases differ in the store only", in(`
func TestCharge(t *testing.T) {
	m := message(t, "1")
	tests := map[string]struct{ books *fake }{"open": {newFake()}, "closed": {&fake{closed: true}}}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			c := New(tc.books)
			require.NoError(t, c.Handle(t.Context(), m))
		})
	}
}`), "once billing/consumer_test.go:4"},
		{"a table with a redelivery among its cases", in(`
func TestCharge(t *testing.T) {
	c := New(newFake())
	m := message(t, "1")
	for _, tc := range []struct{ name string; m Message; want int }{
		{name: "new", m: m, want: 1},
		{name: "known", m: m, want: 1},
	} {
		require.NoError(t, c.Handle(t.Context(), tc.m))
	}
}`), "twice billing/consumer_test.go:4"},
		{"a table that says how often", in(`
func TestCharge(t *testing.T) {
	for _, tc := range []struct{ name string; m Message; times int }{
		{name: "small", m: Message{Cents: 1}, times: 1},
		{name: "large", m: Message{Cents: 1000}, times: 3},
	} {
		c := New(newFake())
		for range tc.times {
			require.NoError(t, c.Handle(t.Context(), tc.m))
		}
	}
}`), "twice billing/consumer_test.go:4"},
		{"a list that holds one message twice", in(`
func TestCharge(t *testing.T) {
	c := New(newFake())
	m := message(t, "1")
	for _, m := range []Message{m, message(t, "2"), m} {
		require.NoError(t, c.Handle(t.Context(), m))
	}
}`), "twice billing/consumer_test.go:4"},
		{"a list that nobody knows", in(`
func TestCharge(t *testing.T) {
	c := New(newFake())
	for _, m := range recorded(t) {
		require.NoError(t, c.Handle(t.Context(), m))
	}
}`), "nothing"},
		{"through a helper", in(`
func deliver(t *testing.T, c *Consumer, m Message) {
	t.Helper()
	require.NoError(t, c.Handle(t.Context(), m))
}

func TestCharge(t *testing.T) {
	c := New(newFake())
	deliver(t, c, Message{ID: "1"})
	deliver(t, c, Message{ID: "1"})
}`), "twice billing/consumer_test.go:9"},
		{"through a helper, once each", in(`
func deliver(t *testing.T, c *Consumer, m Message) {
	t.Helper()
	require.NoError(t, c.Handle(t.Context(), m))
}

func TestCharge(t *testing.T) {
	c := New(newFake())
	deliver(t, c, Message{ID: "1"})
	deliver(t, c, Message{ID: "2"})
}`), "once billing/consumer_test.go:9"},
		{"through a closure, side by side", in(`
func TestCharge(t *testing.T) {
	c := New(newFake())
	send := func() error { return c.Handle(t.Context(), m) }
	var g errgroup.Group
	for i := 0; i < 5; i++ {
		g.Go(func() error { return send() })
	}
}`), "twice billing/consumer_test.go:4"},
		{"by a method value", in(`
func TestCharge(t *testing.T) {
	handle := New(newFake()).Handle
	require.NoError(t, handle(t.Context(), m))
	require.NoError(t, handle(t.Context(), m))
}`), "twice billing/consumer_test.go:4"},
		{"by a broker in memory", in(`
func TestCharge(t *testing.T) {
	bus := membus.New()
	bus.Subscribe("orders", New(newFake()).Handle)
	bus.Publish("orders", order)
	bus.Publish("orders", order)
}`), "twice billing/consumer_test.go:4"},
		{"by a broker in memory, once each", in(`
func TestCharge(t *testing.T) {
	bus := membus.New()
	bus.Subscribe("orders", New(newFake()).Handle)
	bus.Publish("orders", order("1"))
	bus.Publish("orders", order("2"))
	require.Equal(t, 2, len(bus.Sent))
}`), "once billing/consumer_test.go:4"},
		{"from a source that has it twice", in(`
func TestCharge(t *testing.T) {
	c := New(newFake())
	m := message(t, "1")
	run(source(m, m), c.Handle)
}`), "twice billing/consumer_test.go:4"},
		{"a function of the package", in(`
func TestCharge(t *testing.T) {
	db := open(t)
	require.NoError(t, charge(ctx, db, "1"))
	require.NoError(t, charge(ctx, db, "1"))
}`), "twice billing/consumer_test.go:4"},
		{"from a package of tests", map[string]string{"test/billing_test.go": `package test

import "example.com/shop/billing"

func TestCharge(t *testing.T) {
	c := billing.New(db)
	for i := range 2 {
		t.Run(fmt.Sprint(i), func(t *testing.T) { require.NoError(t, c.Handle(ctx, m)) })
	}
}`}, "twice test/billing_test.go:5"},
		{"the method of another type", in(`
func TestRefund(t *testing.T) {
	r := &Refunds{books: newFake()}
	require.NoError(t, r.Handle(ctx, m))
	require.NoError(t, r.Handle(ctx, m))
}`), "never"},
		{"the method of a fake", in(`
type next struct{}

func (n *next) Handle(ctx context.Context, m Message) error { return nil }

func TestLogging(t *testing.T) {
	n := &next{}
	require.NoError(t, n.Handle(ctx, m))
	require.NoError(t, n.Handle(ctx, m))
}`), "never"},
		{"the name says it, how it is done cannot be seen", in(`
func TestRedelivery(t *testing.T) {
	run(t, "testdata/redelivery.json")
}`), "nothing"},
		{"the name says it of another consumer", in(`
func TestRedeliveredRefund(t *testing.T) {
	refund(t.Context(), &Refunds{}, m)
}`), "never"},
		{"the name says it", in(`
func TestDuplicateIsIgnored(t *testing.T) {
	c := New(newFake())
	require.NoError(t, c.Handle(ctx, first))
	require.NoError(t, c.Handle(ctx, retried))
}`), "twice billing/consumer_test.go:4"},
		{"a benchmark asks for nothing", in(`
func BenchmarkCharge(b *testing.B) {
	c := New(newFake())
	for b.Loop() {
		c.Handle(ctx, m)
	}
}`), "never"},
		{"a suite", in(`
type suite struct { c *Consumer; m Message }

func (s *suite) TestCharge() {
	s.NoError(s.c.Handle(ctx, s.m))
	s.NoError(s.c.Handle(ctx, s.m))
}`), "twice billing/consumer_test.go:6"},
		{"ginkgo", in(`
var _ = Describe("charges", func() {
	It("is charged", func() {
		c := New(newFake())
		Expect(c.Handle(ctx, m)).To(Succeed())
		Expect(c.Handle(ctx, m)).To(Succeed())
	})
})`), "twice billing/consumer_test.go:4"},
		{"what does not parse is read as far as it goes", in("func TestCharge(t *testing.T) {"), "never"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m := &arch.Model{Idempotency: []arch.Idempotency{
				{Service: "billing", Endpoint: "kafka:orders", Takers: takers},
				{Service: "billing", Endpoint: "kafka:refunds", Takers: &arch.Takers{Funcs: []arch.Taker{{Package: "example.com/shop/billing", Dir: "billing", Name: "refund"}}}},
			}}
			Find(m, slices.Sorted(maps.Keys(tt.files)), func(name string) ([]byte, error) {
				if text, ok := tt.files[name]; ok {
					return []byte(text), nil
				}
				return nil, fs.ErrNotExist
			})
			got := "nothing"
			if r := m.Idempotency[0].Redelivery; r != nil {
				got = r.Tested
				if r.Site.IsValid() {
					got += fmt.Sprintf(" %s:%d", r.Site.File, r.Site.Line)
				}
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// A method that returns the function that takes the messages is not the one that takes them.
func TestMaker(t *testing.T) {
	takers := []arch.Taker{{Package: "example.com/shop/billing", Dir: "billing", Type: "Consumer", Name: "Handler", Maker: true}}
	for want, body := range map[string]string{
		"once":  "h := c.Handler()\n_ = h(ctx, a)\n_ = h(ctx, b)",
		"twice": "h := c.Handler()\n_ = h(ctx, a)\n_ = h(ctx, a)",
		"never": "c.Close()\nc.Close()",
	} {
		file := "billing/a_test.go"
		text := "package billing\n\nfunc TestHandler(t *testing.T) {\nc, a, b := New(), x(1), x(2)\n" + body + "\n}\n"
		m := &arch.Model{Idempotency: []arch.Idempotency{{Takers: &arch.Takers{Funcs: takers}}}}
		Find(m, []string{file}, func(string) ([]byte, error) { return []byte(text), nil })
		if got := m.Idempotency[0].Redelivery; got == nil || got.Tested != want {
			t.Errorf("%s\ngot %+v, want %s", body, got, want)
		}
	}
}

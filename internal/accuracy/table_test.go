package accuracy

import "testing"

func TestTables(t *testing.T) {
	scores := []Score{
		{Repo: "big", Kinds: []Kind{{Name: "services", Labels: 1000, Found: 1000, Hits: 999}, {Name: "calls", Labels: 3}}},
		{Repo: "small", Kinds: []Kind{{Name: "services", Labels: 1, Found: 1, Hits: 1}}},
	}
	if got, want := Repositories(scores, []string{"services", "calls"}), `| repository | services | calls |
| ---------- | -------: | ----: |
| big        |       99 |     0 |
| small      |      100 |     - |
`; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
	if got, want := Pooled(scores, Kinds), `| kind     | labels | found | right | precision | recall |  F1 |
| -------- | -----: | ----: | ----: | --------: | -----: | --: |
| services |   1001 |  1001 |  1000 |        99 |     99 |  99 |
| calls    |      3 |     0 |     0 |         0 |      0 |   0 |
`; got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

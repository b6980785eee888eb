package workspace

import "testing"

func TestMentions(t *testing.T) {
	for src, want := range map[string]bool{
		"c, err := net.Dial(\"tcp\", addr)":   true,
		"var d = &net.Dialer{}":               false,
		"// net.Dial is what this calls":      false,
		"x := subnet.Dial(a)":                 false,
		"x := o.net.Dial(a)":                  false,
		"net.DialTimeout(a)\n\tnet.Dial(a)":   true,
		"return net.Dial":                     true,
		"doc() // see net.Dial\nnet.Listen()": false,
	} {
		if got := mentions([]byte(src), "net.Dial"); got != want {
			t.Errorf("mentions(%q, net.Dial) = %v", src, got)
		}
	}
}

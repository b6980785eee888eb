package protostub

import (
	"go/token"
	"strings"
	"unicode"
	"unicode/utf8"
)

// goCamelCase is protoc-gen-go's spelling of a protobuf name (https://protobuf.dev/reference/go/go-generated/#fields): an
// underscore before a lower-case letter goes and the letter becomes upper case, any other stays; a leading one becomes
// an X, so that the name is exported. The names of nested types come with dots, which become underscores, or go in the
// same way.
func goCamelCase(name string) string {
	var b strings.Builder
	lower := func(i int) bool { return i < len(name) && 'a' <= name[i] && name[i] <= 'z' }
	up := true // the next letter starts a word
	for i := 0; i < len(name); i++ {
		c := name[i]
		switch {
		case c == '.':
			if !lower(i + 1) {
				b.WriteByte('_')
			}
			up = true
		case c == '_' && (i == 0 || name[i-1] == '.'):
			b.WriteByte('X')
			up = true
		case c == '_':
			if !lower(i + 1) {
				b.WriteByte('_')
			}
			up = true
		case '0' <= c && c <= '9':
			b.WriteByte(c)
			up = true
		default:
			if up && lower(i) {
				c -= 'a' - 'A'
			}
			b.WriteByte(c)
			// Letters after a capital are of its word.
			up = false
		}
	}
	return b.String()
}

// goPackageName makes a package name of any text: other characters become underscores, and one goes before a keyword or a
// digit.
func goPackageName(text string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return '_'
	}, text)
	if r, _ := utf8.DecodeRuneInString(name); token.IsKeyword(name) || !unicode.IsLetter(r) {
		return "_" + name
	}
	return name
}

// unexported is a name with its first letter in lower case, as protoc-gen-go-grpc names the type of a client.
func unexported(name string) string { return strings.ToLower(name[:1]) + name[1:] }

// members gives the fields of one message Go names that clash neither with each other, nor with the methods of a message,
// nor with getters: an underscore is added until they do not.
type members map[string]bool

func newMembers() members {
	m := members{}
	for _, name := range []string{"Reset", "String", "ProtoMessage", "Marshal", "Unmarshal", "ExtensionRangeArray", "ExtensionMap", "Descriptor"} {
		m[name] = true
	}
	return m
}

func (m members) name(name string, getter bool) string {
	name = goCamelCase(name)
	for m[name] || getter && m["Get"+name] {
		name += "_"
	}
	m[name] = true
	if getter {
		m["Get"+name] = true
	}
	return name
}

package workspace

import (
	"bytes"
	"strings"
)

// maxFile is the size from which a file of the repository is left out: reading it costs more than it can tell.
const maxFile = 64 << 20

// largeFile is the size from which literal data is cut out of any own file.
const largeFile = 1 << 20

// hugeFile is how much may be left of an own file before all its functions lose their bodies: 50 MB of code would take
// ten gigabytes.
const hugeFile = 8 << 20

// generators whose output holds messages: data types with methods that only read, write, copy or print them.
var messageGenerators = []string{
	"protoc-gen", "gogo", "vtproto", "deepcopy", "easyjson", "bindata", "go-bindata", "msgp", "tinygo", "thriftgo",
	"Thrift Compiler", "kitex", "ffjson", "stringer", "esc ", "statik", "fileb0x", "applyconfiguration", "conversion-gen", "defaulter-gen",
}

// isMessageCode says whether a file's header names a generator of messages. The header is above the package clause
// (https://go.dev/s/generatedcode).
func isMessageCode(src []byte) bool {
	head := src[:min(len(src), 4096)]
	if i := bytes.Index(head, []byte("\npackage ")); i >= 0 {
		head = head[:i]
	}
	if !bytes.Contains(head, []byte("enerated")) {
		return false
	}
	for _, g := range messageGenerators {
		if bytes.Contains(head, []byte(g)) {
			return true
		}
	}
	return false
}

// messageMethod says whether a method of generated code only handles its message. Methods of client and server stubs carry
// the names of their RPCs, so Get... is only taken where the file is known to hold messages alone; a stub's method
// has a context parameter, which elide does not see.
func messageMethod(name string, getters bool) bool {
	switch name {
	case "String", "GoString", "Reset", "ProtoMessage", "ProtoReflect", "Descriptor", "Equal", "Size", "Number", "Type",
		"Enum", "EnumDescriptor", "Validate", "ValidateAll", "Read", "Write", "FastRead", "FastWrite", "FastWriteNocopy",
		"BLength", "Msgsize", "VerboseEqual", "CloneVT", "EqualVT", "ResetVT", "SizeVT":
		return name != "Read" && name != "Write" && name != "Validate" && name != "ValidateAll"
	}
	for _, p := range []string{"XXX_", "ProtoInternal", "EncodeMsg", "DecodeMsg", "MarshalMsg", "UnmarshalMsg",
		"MarshalVT", "UnmarshalVT", "MarshalJSON", "UnmarshalJSON", "MarshalEasyJSON", "UnmarshalEasyJSON",
		"MarshalTo", "DeepCopy"} {
		if strings.HasPrefix(name, p) {
			return true
		}
	}
	if name == "Marshal" || name == "Unmarshal" || name == "MarshalText" || name == "UnmarshalText" {
		return true
	}
	return getters && strings.HasPrefix(name, "Get") && len(name) > 3
}

// isStubCode says whether generated code holds RPC clients or servers, whose methods may be called Get...
func isStubCode(src []byte) bool {
	for _, s := range []string{"context.Context", "grpc.", "http.", "rpc."} {
		if bytes.Contains(src, []byte(s)) {
			return true
		}
	}
	return false
}

// prepareOwn cuts out of an own file what tells nothing about a service. It reports whether that left so much that all
// functions lost their bodies.
func prepareOwn(src []byte) (text []byte, bare bool) {
	switch {
	case isMessageCode(src):
		getters := !isStubCode(src)
		text = elide(src, func(name string, method bool) bool { return method && messageMethod(name, getters) })
	case len(src) > largeFile:
		text = elide(src, func(string, bool) bool { return false })
	default:
		return src, false
	}
	if len(text) <= hugeFile {
		return text, false
	}
	return elide(text, func(name string, method bool) bool { return method || name != "init" && name != "main" }), true
}

package protostub

import "strings"

// wellKnown is the Go package of a message or enum that comes with protobuf or googleapis, which repositories seldom
// declare themselves (https://protobuf.dev/reference/protobuf/google.protobuf/, https://github.com/googleapis/go-genproto).
// "" for any other name.
func wellKnown(full string) (goPath string) {
	i := strings.LastIndexByte(full, '.')
	if i < 0 {
		return ""
	}
	const protobuf, googleapis = "google.golang.org/protobuf/types/known/", "google.golang.org/genproto/googleapis/"
	switch pkg, name := full[:i], full[i+1:]; pkg {
	case "google.protobuf":
		switch name {
		case "Any", "Duration", "Empty", "FieldMask", "Timestamp":
			return protobuf + strings.ToLower(name) + "pb"
		case "Struct", "Value", "ListValue", "NullValue":
			return protobuf + "structpb"
		case "DoubleValue", "FloatValue", "Int64Value", "UInt64Value", "Int32Value", "UInt32Value", "BoolValue", "StringValue", "BytesValue":
			return protobuf + "wrapperspb"
		}
	case "google.api":
		if name == "HttpBody" {
			return googleapis + "api/httpbody"
		}
	case "google.rpc":
		if name == "Status" {
			return googleapis + "rpc/status"
		}
	case "google.type":
		switch name {
		case "Date", "Decimal", "Interval", "LatLng", "Money", "PostalAddress", "TimeOfDay":
			return googleapis + "type/" + strings.ToLower(name)
		}
	}
	return ""
}

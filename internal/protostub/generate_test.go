package protostub

import (
	"errors"
	"go/ast"
	"go/format"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// check makes the stubs of some .proto files of one package and type-checks them. Of libraries
// there are fakes.
func check(t *testing.T, has func(string) bool, declares []string, files ...*File) (*types.Package, []Stub) {
	t.Helper()
	target := &Target{Files: files, Index: NewIndex(files), Has: has, PathOf: (*File).GoPath,
		Declares: func(_, name string) bool { return slices.Contains(declares, name) }}
	stubs, err := target.Generate("stub")
	if err != nil {
		t.Fatal(err)
	}
	fset := token.NewFileSet()
	var parsed []*ast.File
	for _, s := range stubs {
		f, err := parser.ParseFile(fset, s.Name, s.Source, parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		if !ast.IsGenerated(f) {
			t.Errorf("%s does not count as generated", s.Name)
		}
		parsed = append(parsed, f)
	}
	conf := types.Config{Importer: fakes{}}
	pkg, err := conf.Check("stub", fset, parsed, nil)
	if err != nil {
		for _, s := range stubs {
			t.Logf("%s\n%s", s.Name, s.Source)
		}
		t.Fatal(err)
	}
	return pkg, stubs
}

// fakes imports the libraries of stubs.
type fakes map[string]*types.Package

var fakeSources = map[string]string{
	grpcPath: `package grpc
import "context"
type (
	CallOption any
	UnaryServerInterceptor func()
	ServerStream interface { SendMsg(any) error; RecvMsg(any) error }
	ClientStream interface { SendMsg(any) error; RecvMsg(any) error; CloseSend() error }
	ClientConn struct{}
	Server struct{}
	MethodDesc struct { MethodName string; Handler func(srv any, ctx context.Context, dec func(any) error, interceptor UnaryServerInterceptor) (any, error) }
	StreamDesc struct { StreamName string; Handler func(srv any, stream ServerStream) error; ServerStreams, ClientStreams bool }
	ServiceDesc struct { ServiceName string; HandlerType any; Methods []MethodDesc; Streams []StreamDesc; Metadata any }
	ClientConnInterface interface {
		Invoke(ctx context.Context, method string, args any, reply any, opts ...CallOption) error
		NewStream(ctx context.Context, desc *StreamDesc, method string, opts ...CallOption) (ClientStream, error)
	}
	ServiceRegistrar interface{ RegisterService(desc *ServiceDesc, impl any) }
	ServerStreamingClient[Res any] interface { Recv() (*Res, error); ClientStream }
	ServerStreamingServer[Res any] interface { Send(*Res) error; ServerStream }
	ClientStreamingClient[Req, Res any] interface { Send(*Req) error; CloseAndRecv() (*Res, error); ClientStream }
	ClientStreamingServer[Req, Res any] interface { Recv() (*Req, error); SendAndClose(*Res) error; ServerStream }
	BidiStreamingClient[Req, Res any] interface { Send(*Req) error; Recv() (*Res, error); ClientStream }
	BidiStreamingServer[Req, Res any] interface { Recv() (*Req, error); Send(*Res) error; ServerStream }
)
func (*ClientConn) Invoke(ctx context.Context, method string, args any, reply any, opts ...CallOption) error { return nil }
func (*ClientConn) NewStream(ctx context.Context, desc *StreamDesc, method string, opts ...CallOption) (ClientStream, error) { return nil, nil }
func (*Server) RegisterService(desc *ServiceDesc, impl any) {}
`,
	reflection: `package protoreflect
type (Message interface{}; EnumNumber int32; EnumDescriptor interface{}; EnumType interface{})
`,
	"google.golang.org/protobuf/types/known/timestamppb": "package timestamppb\ntype Timestamp struct{}\n",
	"google.golang.org/protobuf/types/known/emptypb":     "package emptypb\ntype Empty struct{}\n",
	"google.golang.org/protobuf/types/known/structpb":    "package structpb\ntype NullValue int32\n",
	contextPath: "package context\ntype Context interface{}\n",
}

func (f fakes) Import(path string) (*types.Package, error) {
	if f[path] == nil {
		fset := token.NewFileSet()
		file, err := parser.ParseFile(fset, path, fakeSources[path], 0)
		if err != nil {
			return nil, err
		}
		pkg, err := (&types.Config{Importer: f}).Check(path, fset, []*ast.File{file}, nil)
		if err != nil {
			return nil, err
		}
		f[path] = pkg
	}
	return f[path], nil
}

func libraries(path string) bool { _, ok := fakeSources[path]; return ok }

var newGRPC = []string{"ClientConnInterface", "ServiceRegistrar", "ServerStreamingClient", "ClientStreamingClient", "BidiStreamingClient"}

const messages = `syntax = "proto3";
package shop.v1;
import "google/protobuf/timestamp.proto";

enum Size { SIZE_UNKNOWN = 0; SIZE_LARGE = 1; }

message Order {
  string order_id = 1;
  optional int32 discount = 2;
  repeated Line lines = 3;
  map<string, Line> by_sku = 4;
  google.protobuf.Timestamp placed_at = 5;
  Size size = 6;
  bytes raw = 7;
  oneof payment {
    string iban = 8;
    Card card = 9;
  }
  message Line {
    enum State { NEW = 0; }
    State state = 1;
    .shop.v1.Order parent = 2;
  }
  message Card { double limit = 1; }
  other.Unknown unknown = 10;
  google.protobuf.NullValue null = 11;
}
`

// One line per exported field, constant and type, as a caller sees it.
func TestMessages(t *testing.T) {
	for _, test := range []struct {
		name, proto string
		want        []string
	}{
		{"proto3", messages, []string{
			"Order.OrderId string", "Order.Discount *int32", "Order.Lines []*Order_Line", "Order.BySku map[string]*Order_Line",
			"Order.PlacedAt *timestamppb.Timestamp", "Order.Size Size", "Order.Raw []byte", "Order.Payment isOrder_Payment",
			"Order.Null structpb.NullValue", // unknown is left out: nothing declares its type
			"Order_Line.State Order_Line_State", "Order_Line.Parent *Order", "Order_Card.Limit float64",
			"Order_Iban.Iban string", "Order_Card_.Card *Order_Card", // a nested message has the name Order_Card
			"Size_SIZE_LARGE Size", "Order_Line_NEW Order_Line_State", // the values are siblings of their enum
			"(*Order).GetDiscount func() (v int32)", "(*Order).GetPlacedAt func() (v *timestamppb.Timestamp)",
			"(*Order).GetIban func() (v string)", "(*Order).GetPayment func() isOrder_Payment",
		}},
		{"proto2", `syntax = "proto2"; message M { required string a = 1; optional M b = 2; optional bytes c = 3; repeated int64 d = 4;
			optional group Result = 5 { optional string url = 1; } extensions 100 to 199; } extend M { optional int32 e = 126; }`, []string{
			"M.A *string", "M.B *M", "M.C []byte", "M.D []int64", "M.Result *M_Result", "M_Result.Url *string",
		}},
		{"editions", `edition = "2023"; message M { string a = 1; string b = 2 [features.field_presence = IMPLICIT]; }`, []string{
			"M.A *string", "M.B string",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := Parse("shop.proto", []byte(test.proto))
			if f.Err != nil {
				t.Fatal(f.Err)
			}
			pkg, _ := check(t, libraries, nil, f)
			got := api(pkg)
			for _, want := range test.want {
				if !slices.Contains(got, want) {
					t.Errorf("no %s in\n%s", want, strings.Join(got, "\n"))
				}
			}
			for _, line := range got {
				if strings.Contains(line, ".Unknown") || strings.HasPrefix(line, "M.E ") {
					t.Errorf("%s should be left out", line)
				}
			}
		})
	}
}

// api lists fields, methods, constants and functions of a package.
func api(pkg *types.Package) []string {
	q := func(p *types.Package) string {
		if p == pkg {
			return ""
		}
		return p.Name()
	}
	var out []string
	for _, name := range pkg.Scope().Names() {
		obj := pkg.Scope().Lookup(name)
		switch obj := obj.(type) {
		case *types.Const, *types.Func:
			out = append(out, name+" "+types.TypeString(obj.Type(), q))
		case *types.TypeName:
			if a, ok := obj.Type().(*types.Alias); ok {
				out = append(out, name+" = "+types.TypeString(a.Rhs(), q))
				continue
			}
			if s, ok := obj.Type().Underlying().(*types.Struct); ok {
				for field := range s.Fields() {
					out = append(out, name+"."+field.Name()+" "+types.TypeString(field.Type(), q))
				}
			}
			if types.IsInterface(obj.Type()) {
				set := types.NewMethodSet(obj.Type())
				for m := range set.Methods() {
					out = append(out, name+"."+m.Obj().Name()+" "+types.TypeString(m.Type(), q))
				}
				continue
			}
			set := types.NewMethodSet(types.NewPointer(obj.Type()))
			for m := range set.Methods() {
				out = append(out, "(*"+name+")."+m.Obj().Name()+" "+types.TypeString(m.Type(), q))
			}
		}
	}
	return out
}

const service = `syntax = "proto3";
package shop.v1;
import "google/protobuf/empty.proto";
message Request {}
message Reply {}
service StockKeeping {
  rpc Reserve (Request) returns (Reply);
  rpc list_all (google.protobuf.Empty) returns (Reply) { option deprecated = true; }
  rpc Watch (Request) returns (stream Reply);
  rpc Upload (stream Request) returns (Reply);
  rpc Chat (stream Request) returns (stream Reply);
  rpc Odd (not.There) returns (Reply);
}
`

func TestService(t *testing.T) {
	f := Parse("stock.proto", []byte(service))
	if f.Err != nil {
		t.Fatal(f.Err)
	}
	want := []string{
		"NewStockKeepingClient func(cc grpc.ClientConnInterface) StockKeepingClient",
		"RegisterStockKeepingServer func(s grpc.ServiceRegistrar, srv StockKeepingServer)",
		"StockKeepingClient.Reserve func(ctx context.Context, in *Request, opts ...grpc.CallOption) (*Reply, error)",
		"StockKeepingClient.ListAll func(ctx context.Context, in *emptypb.Empty, opts ...grpc.CallOption) (*Reply, error)",
		"StockKeepingServer.Reserve func(context.Context, *Request) (*Reply, error)",
	}
	t.Run("generic streams", func(t *testing.T) {
		pkg, stubs := check(t, libraries, newGRPC, f)
		contains(t, api(pkg), append(want,
			"StockKeepingServer.Watch func(*Request, StockKeeping_WatchServer) error",
			"StockKeeping_WatchServer = grpc.ServerStreamingServer[Reply]",
			"StockKeeping_UploadServer = grpc.ClientStreamingServer[Request, Reply]",
			"StockKeeping_ChatClient = grpc.BidiStreamingClient[Request, Reply]",
		))
		for _, name := range []string{"/shop.v1.StockKeeping/Reserve", "/shop.v1.StockKeeping/list_all", `ServiceName: "shop.v1.StockKeeping"`} {
			if !strings.Contains(string(stubs[0].Source), name) {
				t.Errorf("no %s", name)
			}
		}
		if strings.Contains(string(stubs[0].Source), "Odd") {
			t.Error("a method with a type that nothing declares should be left out")
		}
	})
	t.Run("streams by name", func(t *testing.T) {
		pkg, _ := check(t, libraries, newGRPC[:2], f)
		contains(t, api(pkg), append(want,
			"StockKeepingServer.Watch func(*Request, StockKeeping_WatchServer) error",
			"StockKeeping_WatchServer.Send func(m *Reply) error",
			"StockKeeping_UploadClient.CloseAndRecv func() (*Reply, error)",
		))
	})
	t.Run("old grpc", func(t *testing.T) {
		pkg, _ := check(t, libraries, nil, f)
		contains(t, api(pkg), []string{
			"NewStockKeepingClient func(cc *grpc.ClientConn) StockKeepingClient",
			"RegisterStockKeepingServer func(s *grpc.Server, srv StockKeepingServer)",
		})
	})
	t.Run("no grpc", func(t *testing.T) {
		pkg, _ := check(t, func(string) bool { return false }, nil, f)
		if pkg.Scope().Lookup("Request") == nil || pkg.Scope().Lookup("StockKeepingClient") != nil {
			t.Error("want messages and no client")
		}
	})
}

func contains(t *testing.T, got, want []string) {
	t.Helper()
	for _, w := range want {
		if !slices.Contains(got, w) {
			t.Errorf("no %s in\n%s", w, strings.Join(got, "\n"))
		}
	}
}

// Two files that declare the same (copies) and are named the same.
func TestCopies(t *testing.T) {
	a, b := Parse("a/m.proto", []byte(`syntax = "proto3"; message M {}`)), Parse("b/m.proto", []byte(`syntax = "proto3"; message M {} message N {}`))
	pkg, stubs := check(t, libraries, nil, a, b)
	if pkg.Scope().Lookup("M") == nil || pkg.Scope().Lookup("N") == nil || len(stubs) != 2 || stubs[0].Name == stubs[1].Name {
		t.Errorf("got %d files, %s", len(stubs), pkg)
	}
}

func TestSyntaxError(t *testing.T) {
	f := Parse("stock.proto", []byte("syntax = \"proto3\";\noption go_package = \"example.com/shop/pb\";\nmessage M {\n  string = 1;\n}\n"))
	var bad *SyntaxError
	if !errors.As(f.Err, &bad) || bad.Line != 4 || f.GoPath() != "example.com/shop/pb" || !f.Empty() {
		t.Errorf("got %v, go_package %q", f.Err, f.GoPath())
	}
}

// The parser waits for ever at the end of some texts; see endless.
func TestTruncated(t *testing.T) {
	for i := range service {
		if f := Parse("stock.proto", []byte(service[:i])); f.Err != nil && !strings.HasPrefix(f.Err.Error(), "line ") {
			t.Errorf("%q: %v", service[:i], f.Err)
		}
	}
	f := Parse("stock.proto", []byte("service S {\n  rpc Get (M) returns (M) {"))
	if f.Err == nil || f.Err.Error() != "line 2: unexpected end of file" {
		t.Errorf("got %v", f.Err)
	}
	for _, good := range []string{"message M {}", "message M {} // end", "message M {}\n/* end */", "message M {};", "// nothing", ""} {
		if f := Parse("m.proto", []byte(good)); f.Err != nil {
			t.Errorf("%q: %v", good, f.Err)
		}
	}
}

// Whatever the text, there is no panic, and what comes out is Go.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{messages, service, "", "message", "message M { oneof {} }", "enum E { A = -1; }", "service S { rpc _ (M) returns (M); } message M {}", "message 1 {}", "message M { map<M, M> a = 1; }"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, src string) {
		file := Parse("fuzz.proto", []byte(src))
		target := &Target{Files: []*File{file}, Index: NewIndex([]*File{file}), Has: libraries, PathOf: (*File).GoPath,
			Declares: func(string, string) bool { return false }}
		stubs, err := target.Generate(file.GoName())
		if err != nil {
			t.Skip() // names that no protobuf has; the error says so
		}
		for _, s := range stubs {
			if _, err := format.Source(s.Source); err != nil {
				t.Error(err)
			}
			if filepath.Base(s.Name) != s.Name {
				t.Errorf("file name %q", s.Name)
			}
		}
	})
}

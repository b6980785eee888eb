package protostub

import (
	"bytes"
	"fmt"

	"github.com/emicklei/proto"
)

// service writes what protoc-gen-go-grpc gives for a service: the client, the server's interface, its registration.
func (g *generator) service(e *proto.Service) {
	grpc, ctx := g.pkg(grpcPath), g.pkg(contextPath)
	if grpc == "" || ctx == "" {
		return
	}
	name := goCamelCase(e.Name)
	client, server := name+"Client", name+"Server"
	if !g.take(client) || !g.take(server) {
		return
	}
	for _, n := range []string{"New" + client, "Unimplemented" + server, "Unsafe" + server, "Register" + server, name + "_ServiceDesc"} {
		g.take(n)
	}
	// Before grpc 1.27 and 1.32 generated code named the types that implement these interfaces.
	conn, registrar := grpc+".ClientConnInterface", grpc+".ServiceRegistrar"
	if !g.Declares(grpcPath, "ClientConnInterface") {
		conn = "*" + grpc + ".ClientConn"
	}
	if !g.Declares(grpcPath, "ServiceRegistrar") {
		registrar = "*" + grpc + ".Server"
	}
	var clientMethods, serverMethods, unary, streams, code bytes.Buffer
	n := 0 // streams so far
	for _, inner := range e.Elements {
		rpc, ok := inner.(*proto.RPC)
		if !ok {
			continue
		}
		in, enumIn := g.named("", rpc.RequestType)
		out, enumOut := g.named("", rpc.ReturnsType)
		if in == "" || out == "" || enumIn || enumOut {
			continue
		}
		m := method{g: g, grpc: grpc, ctx: ctx, service: name, name: goCamelCase(rpc.Name), in: in, out: out,
			streamsIn: rpc.StreamsRequest, streamsOut: rpc.StreamsReturns}
		m.full = name + "_" + m.name + "_FullMethodName"
		if !g.take(m.full) {
			continue
		}
		fmt.Fprintf(&code, "const %s = %s\n\n", m.full, quote("/", join(g.file.Package, e.Name), "/", rpc.Name))
		fmt.Fprintf(&clientMethods, "%s\n", m.clientSignature())
		fmt.Fprintf(&serverMethods, "%s\n", m.serverSignature())
		fmt.Fprintf(&code, "func (Unimplemented%s) %s { panic(\"not implemented\") }\n\n", server, m.serverSignature())
		if !m.streamsIn && !m.streamsOut {
			m.unary(&code)
			fmt.Fprintf(&unary, "{MethodName: %q, Handler: _%s_%s_Handler},\n", rpc.Name, name, m.name)
			continue
		}
		m.stream(&code, n)
		n++
		fmt.Fprintf(&streams, "{StreamName: %q, Handler: _%s_%s_Handler", rpc.Name, name, m.name)
		if m.streamsOut {
			streams.WriteString(", ServerStreams: true")
		}
		if m.streamsIn {
			streams.WriteString(", ClientStreams: true")
		}
		streams.WriteString("},\n")
	}
	g.p("\ntype %s interface {\n%s}\n", client, &clientMethods)
	g.p("type %s struct{ cc %s }\n", unexported(name)+"Client", conn)
	g.p("func New%s(cc %s) %s { return &%sClient{cc} }\n", client, conn, client, unexported(name))
	// Without mustEmbedUnimplemented...: an implementation may have been written for either setting of the generator.
	g.p("type %s interface {\n%s}\n", server, &serverMethods)
	g.p("type Unimplemented%s struct{}\n\nfunc (Unimplemented%s) mustEmbedUnimplemented%s() {}\n", server, server, server)
	g.p("type Unsafe%s interface{ mustEmbedUnimplemented%s() }\n", server, server)
	g.p("func Register%s(s %s, srv %s) { s.RegisterService(&%s_ServiceDesc, srv) }\n", server, registrar, server, name)
	g.p("var %s_ServiceDesc = %s.ServiceDesc{\nServiceName: %s,\nHandlerType: (*%s)(nil),", name, grpc, quote(join(g.file.Package, e.Name)), server)
	g.p("Methods: []%s.MethodDesc{\n%s},\nStreams: []%s.StreamDesc{\n%s},\nMetadata: %q,\n}\n", grpc, &unary, grpc, &streams, g.file.Path)
	g.out.Write(code.Bytes())
}

type method struct {
	g                                       *generator
	grpc, ctx, service, name, full, in, out string // Go names; full is the constant with the method's full name
	streamsIn, streamsOut                   bool
}

func (m *method) clientSignature() string {
	switch {
	case m.streamsIn:
		return fmt.Sprintf("%s(ctx %s.Context, opts ...%s.CallOption) (%s_%sClient, error)", m.name, m.ctx, m.grpc, m.service, m.name)
	case m.streamsOut:
		return fmt.Sprintf("%s(ctx %s.Context, in *%s, opts ...%s.CallOption) (%s_%sClient, error)", m.name, m.ctx, m.in, m.grpc, m.service, m.name)
	}
	return fmt.Sprintf("%s(ctx %s.Context, in *%s, opts ...%s.CallOption) (*%s, error)", m.name, m.ctx, m.in, m.grpc, m.out)
}

func (m *method) serverSignature() string {
	switch {
	case m.streamsIn:
		return fmt.Sprintf("%s(%s_%sServer) error", m.name, m.service, m.name)
	case m.streamsOut:
		return fmt.Sprintf("%s(*%s, %s_%sServer) error", m.name, m.in, m.service, m.name)
	}
	return fmt.Sprintf("%s(%s.Context, *%s) (*%s, error)", m.name, m.ctx, m.in, m.out)
}

func (m *method) unary(b *bytes.Buffer) {
	fmt.Fprintf(b, `func (c *%sClient) %s {
	out := new(%s)
	if err := c.cc.Invoke(ctx, %s, in, out, opts...); err != nil {
		return nil, err
	}
	return out, nil
}

`, unexported(m.service), m.clientSignature(), m.out, m.full)
	fmt.Fprintf(b, `func _%s_%s_Handler(srv any, ctx %s.Context, dec func(any) error, interceptor %s.UnaryServerInterceptor) (any, error) {
	in := new(%s)
	if err := dec(in); err != nil {
		return nil, err
	}
	return srv.(%sServer).%s(ctx, in)
}

`, m.service, m.name, m.ctx, m.grpc, m.in, m.service, m.name)
}

// stream writes a method that streams: the i-th of its service.
func (m *method) stream(b *bytes.Buffer, i int) {
	client, server := m.service+"_"+m.name+"Client", m.service+"_"+m.name+"Server"
	clientType, serverType := unexported(m.service)+m.name+"Client", unexported(m.service)+m.name+"Server"
	m.g.take(client)
	m.g.take(server)
	clientAPI, serverAPI := "", ""
	add := func(api *string, receiver, signature, body string) {
		*api += signature + "\n"
		fmt.Fprintf(b, "func (x *%s) %s {\n%s\n}\n\n", receiver, signature, body)
	}
	receive := func(stream, typ string) string {
		return fmt.Sprintf("m := new(%s)\nif err := x.%s.RecvMsg(m); err != nil {\nreturn nil, err\n}\nreturn m, nil", typ, stream)
	}
	generic, args := "ServerStreaming", m.out
	if m.streamsIn {
		generic, args = "ClientStreaming", m.in+", "+m.out
		add(&clientAPI, clientType, fmt.Sprintf("Send(m *%s) error", m.in), "return x.ClientStream.SendMsg(m)")
		add(&serverAPI, serverType, fmt.Sprintf("Recv() (*%s, error)", m.in), receive("ServerStream", m.in))
	}
	if m.streamsOut {
		if m.streamsIn {
			generic = "BidiStreaming"
		}
		add(&clientAPI, clientType, fmt.Sprintf("Recv() (*%s, error)", m.out), receive("ClientStream", m.out))
		add(&serverAPI, serverType, fmt.Sprintf("Send(m *%s) error", m.out), "return x.ServerStream.SendMsg(m)")
	} else {
		add(&clientAPI, clientType, fmt.Sprintf("CloseAndRecv() (*%s, error)", m.out),
			"if err := x.ClientStream.CloseSend(); err != nil {\nreturn nil, err\n}\n"+receive("ClientStream", m.out))
		add(&serverAPI, serverType, fmt.Sprintf("SendAndClose(m *%s) error", m.out), "return x.ServerStream.SendMsg(m)")
	}
	// From grpc 1.64 on the streams are generic types, and code may name them in either way.
	if m.g.Declares(grpcPath, generic+"Client") {
		fmt.Fprintf(b, "type %s = %s.%sClient[%s]\n\ntype %s = %s.%sServer[%s]\n\n", client, m.grpc, generic, args, server, m.grpc, generic, args)
	} else {
		fmt.Fprintf(b, "type %s interface {\n%s%s.ClientStream\n}\n\ntype %s interface {\n%s%s.ServerStream\n}\n\n", client, clientAPI, m.grpc, server, serverAPI, m.grpc)
	}
	fmt.Fprintf(b, "type %s struct{ %s.ClientStream }\n\ntype %s struct{ %s.ServerStream }\n\n", clientType, m.grpc, serverType, m.grpc)

	send, handle := "", fmt.Sprintf("return srv.(%sServer).%s(&%s{stream})", m.service, m.name, serverType)
	if !m.streamsIn {
		send = "if err := x.ClientStream.SendMsg(in); err != nil {\nreturn nil, err\n}\nif err := x.ClientStream.CloseSend(); err != nil {\nreturn nil, err\n}\n"
		handle = fmt.Sprintf("m := new(%s)\nif err := stream.RecvMsg(m); err != nil {\nreturn err\n}\nreturn srv.(%sServer).%s(m, &%s{stream})", m.in, m.service, m.name, serverType)
	}
	fmt.Fprintf(b, `func (c *%sClient) %s {
	stream, err := c.cc.NewStream(ctx, &%s_ServiceDesc.Streams[%d], %s, opts...)
	if err != nil {
		return nil, err
	}
	x := &%s{stream}
	%sreturn x, nil
}

`, unexported(m.service), m.clientSignature(), m.service, i, m.full, clientType, send)
	fmt.Fprintf(b, "func _%s_%s_Handler(srv any, stream %s.ServerStream) error {\n%s\n}\n\n", m.service, m.name, m.grpc, handle)
}

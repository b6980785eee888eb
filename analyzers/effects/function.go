package effects

import (
	"go/constant"
	"go/token"
	"go/types"
	"strings"

	"golang.org/x/tools/go/ssa"
)

// function reduces one SSA function.
func (p *pkg) function(fn *ssa.Function) *Func {
	b := &builder{
		pkg:    p,
		fn:     fn,
		index:  map[ssa.Value]int32{},
		calls:  map[*ssa.CallCommon]int32{},
		lists:  map[*ssa.Alloc][]ssa.Value{},
		loaded: map[*ssa.UnOp]ssa.Value{}, overwritten: map[*ssa.Store]bool{},
		f: &Func{
			ID:       funcID(fn),
			Name:     displayName(fn),
			Pos:      p.pos(fn.Pos()),
			Method:   fn.Signature.Recv() != nil,
			Variadic: fn.Signature.Variadic(),
			Yield:    strings.HasPrefix(fn.Synthetic, "range-over-func"),
		},
	}
	b.f.Generated = p.generated[b.f.Pos.File]
	for _, param := range fn.Params {
		b.f.Params = append(b.f.Params, Param{param.Name(), p.names.typeID(param.Type())})
	}
	for result := range fn.Signature.Results().Variables() {
		b.f.Results = append(b.f.Results, p.names.typeID(result.Type()))
	}
	for _, free := range fn.FreeVars {
		b.f.Free = append(b.f.Free, free.Name())
	}
	b.blocks()
	b.findLists()
	b.orderCaptured()
	// Calls first: a call's results refer to it by its index.
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			if c, ok := instr.(ssa.CallInstruction); ok {
				b.callIndex(c)
			}
		}
	}
	for _, block := range fn.Blocks {
		for _, instr := range block.Instrs {
			b.instr(block, instr)
		}
	}
	return b.f
}

type builder struct {
	*pkg
	fn    *ssa.Function
	f     *Func
	index map[ssa.Value]int32
	calls map[*ssa.CallCommon]int32
	// lists are the array literals behind slice literals and variadic arguments, element by element.
	lists map[*ssa.Alloc][]ssa.Value
	// loaded is what loads of captured variables give, and overwritten the stores to them that nobody sees (captured.go).
	loaded      map[*ssa.UnOp]ssa.Value
	overwritten map[*ssa.Store]bool
}

func (b *builder) blocks() {
	depth, cycle := collectionLoops(b.fn)
	for i, block := range b.fn.Blocks {
		out := Block{Idom: -1, Loop: depth[i], Cycle: cycle[i], Cond: -1}
		if d := block.Idom(); d != nil {
			out.Idom = int32(d.Index)
		}
		for _, s := range block.Succs {
			out.Succs = append(out.Succs, int32(s.Index))
		}
		b.f.Blocks = append(b.f.Blocks, out)
	}
}

// findLists recognizes `[...]T{a, b}` allocated, filled by constant index and sliced as a whole: what the builder makes of
// slice literals and of variadic arguments.
func (b *builder) findLists() {
	for _, block := range b.fn.Blocks {
		for _, instr := range block.Instrs {
			if alloc, ok := instr.(*ssa.Alloc); ok {
				if elems := literal(alloc); elems != nil {
					b.lists[alloc] = elems
				}
			}
		}
	}
}

func literal(alloc *ssa.Alloc) []ssa.Value {
	array, ok := alloc.Type().Underlying().(*types.Pointer).Elem().Underlying().(*types.Array)
	if !ok || array.Len() == 0 || array.Len() > 4096 {
		return nil
	}
	// Tables of numbers say nothing and are large. Short lists of int may be operations, such as a path template's.
	if basic, ok := array.Elem().Underlying().(*types.Basic); ok && basic.Info()&types.IsNumeric != 0 && (basic.Kind() != types.Int || array.Len() > 128) {
		return nil
	}
	elems := make([]ssa.Value, array.Len())
	sliced := false
	for _, ref := range *alloc.Referrers() {
		switch ref := ref.(type) {
		case *ssa.Slice:
			sliced = true
		case *ssa.IndexAddr:
			i, ok := ref.Index.(*ssa.Const)
			if !ok || i.Int64() < 0 || i.Int64() >= array.Len() {
				return nil
			}
			for _, use := range *ref.Referrers() {
				store, ok := use.(*ssa.Store)
				if !ok || store.Addr != ref {
					// An element that is a struct literal is filled in place: its address stands for it.
					elems[i.Int64()] = ref
					continue
				}
				elems[i.Int64()] = store.Val
			}
		case *ssa.DebugRef:
		default:
			return nil
		}
	}
	if !sliced {
		return nil
	}
	return elems
}

func (b *builder) callIndex(c ssa.CallInstruction) {
	if _, builtin := c.Common().Value.(*ssa.Builtin); builtin {
		return
	}
	b.calls[c.Common()] = int32(len(b.f.Calls))
	b.f.Calls = append(b.f.Calls, Call{})
}

func (b *builder) instr(block *ssa.BasicBlock, instr ssa.Instruction) {
	at := int32(block.Index)
	switch instr := instr.(type) {
	case ssa.CallInstruction:
		if i, ok := b.calls[instr.Common()]; ok {
			b.f.Calls[i] = b.call(at, instr)
		}
	case *ssa.Store:
		if b.overwritten[instr] {
			return
		}
		if ix, ok := instr.Addr.(*ssa.IndexAddr); ok {
			if alloc, ok := ix.X.(*ssa.Alloc); ok && b.lists[alloc] != nil {
				return // an element of a literal, held by its OpList
			}
			if basic, ok := instr.Val.Type().Underlying().(*types.Basic); ok && basic.Info()&types.IsNumeric != 0 {
				return // tables of numbers, such as the descriptors in generated protobuf code, say nothing and are large
			}
		}
		b.f.Stores = append(b.f.Stores, Store{at, b.pos(instr.Pos()), b.value(instr.Addr), b.value(instr.Val)})
	case *ssa.MapUpdate:
		addr := b.add(Value{Op: OpIndexPtr, Args: []int32{b.value(instr.Map), b.value(instr.Key)}})
		b.f.Stores = append(b.f.Stores, Store{at, b.pos(instr.Pos()), addr, b.value(instr.Value)})
	case *ssa.UnOp:
		if instr.Op == token.ARROW {
			b.value(instr) // also when nothing uses what comes: the function waits for it
		}
	case *ssa.Select:
		for _, state := range instr.States {
			if state.Dir == types.SendOnly {
				addr := b.add(Value{Op: OpIndexPtr, Args: []int32{b.value(state.Chan)}})
				b.f.Stores = append(b.f.Stores, Store{at, b.pos(state.Pos), addr, b.value(state.Send)})
				continue
			}
			b.add(Value{Op: OpElem, Args: []int32{b.value(state.Chan)}})
		}
	case *ssa.Send:
		addr := b.add(Value{Op: OpIndexPtr, Args: []int32{b.value(instr.Chan)}})
		b.f.Stores = append(b.f.Stores, Store{at, b.pos(instr.Pos()), addr, b.value(instr.X)})
	case *ssa.Return:
		ret := Return{Block: at}
		for _, v := range instr.Results {
			ret.Vals = append(ret.Vals, b.value(v))
		}
		b.f.Returns = append(b.f.Returns, ret)
	case *ssa.If:
		b.f.Blocks[at].Cond = b.value(instr.Cond)
	}
}

func (b *builder) call(at int32, instr ssa.CallInstruction) Call {
	c := instr.Common()
	out := Call{Block: at, Func: -1, Ctx: -1}
	_, out.Go = instr.(*ssa.Go)
	_, out.Defer = instr.(*ssa.Defer)
	var args []ssa.Value
	switch {
	case c.IsInvoke():
		out.Iface = b.iface(c.Value.Type())
		out.Callee = methodID(c.Method)
		out.Method = c.Method.Name()
		out.Sig = b.names.sig(c.Method.Signature())
		out.Recv = true
		args = append(args, c.Value)
	case c.StaticCallee() != nil:
		fn := c.StaticCallee()
		out.Recv = fn.Signature.Recv() != nil
		out.Callee = funcID(fn)
		for _, t := range fn.TypeArgs() {
			out.Types = append(out.Types, b.names.typeID(t))
		}
		if closure, ok := c.Value.(*ssa.MakeClosure); ok {
			out.Func = b.value(closure) // its captured values matter
		}
	default:
		out.Func = b.value(c.Value)
	}
	args = append(args, c.Args...)
	for i, arg := range args {
		out.Args = append(out.Args, b.value(arg))
		if out.Ctx < 0 && b.names.typeID(arg.Type()) == "context.Context" {
			out.Ctx = int16(i)
		}
	}
	out.Pos = b.callPos(instr)
	return out
}

// callPos is where the called name starts: SSA gives the parenthesis, which on a call chained over several lines is on the
// same line as the name.
func (b *builder) callPos(instr ssa.CallInstruction) Pos {
	pos := b.pos(instr.Pos())
	if _, ok := instr.(*ssa.Call); ok {
		if n := len(calleeName(instr.Common())); n > 0 && pos.Col > n {
			pos.Col -= n
		}
	}
	return pos
}

func (b *builder) add(v Value) int32 {
	b.f.Values = append(b.f.Values, v)
	return int32(len(b.f.Values) - 1)
}

// value gives the index of an SSA value, adding it and what it is made of at its first use.
func (b *builder) value(v ssa.Value) int32 {
	if i, ok := b.index[v]; ok {
		return i
	}
	if load, ok := v.(*ssa.UnOp); ok && b.loaded[load] != nil {
		b.index[v] = b.value(b.loaded[load])
		return b.index[v]
	}
	i := b.add(Value{})
	b.index[v] = i // before its operands: phis refer to themselves
	out := b.make(v)
	if out.Op == OpLoad || out.Op == OpField {
		if t, ok := v.Type().Underlying().(*types.Basic); ok {
			out.N = 2
			if t.Info()&types.IsString != 0 {
				out.N = 1
			}
		}
	}
	if at := v.Pos(); at.IsValid() {
		out.Line = int32(b.pos(at).Line)
	}
	b.f.Values[i] = out
	return i
}

func (b *builder) make(v ssa.Value) Value {
	one := func(op Op, x ssa.Value) Value {
		return Value{Op: op, Args: []int32{b.value(x)}, Type: b.names.typeID(v.Type())}
	}
	switch v := v.(type) {
	case *ssa.Const:
		return b.constant(v)
	case *ssa.Parameter:
		for i, param := range b.fn.Params {
			if param == v {
				return Value{Op: OpParam, N: int32(i), Type: b.names.typeID(v.Type())}
			}
		}
	case *ssa.FreeVar:
		for i, free := range b.fn.FreeVars {
			if free == v {
				return Value{Op: OpFree, N: int32(i), Type: b.names.typeID(v.Type())}
			}
		}
	case *ssa.Global:
		return Value{Op: OpGlobal, Str: v.Pkg.Pkg.Path() + "." + v.Name(), Type: b.names.typeID(v.Type())}
	case *ssa.Function:
		return b.funcValue(v)
	case *ssa.MakeClosure:
		return b.closure(v)
	case *ssa.Alloc:
		out := Value{Op: OpAlloc, Type: b.names.typeID(v.Type().Underlying().(*types.Pointer).Elem())}
		if b.f.Blocks[v.Block().Index].Cycle {
			out.N = 1
		}
		return out
	case *ssa.Field:
		out := one(OpField, v.X)
		out.Str, out.Type = fieldName(v.X.Type(), v.Field), b.names.typeID(v.X.Type())
		return out
	case *ssa.FieldAddr:
		out := one(OpFieldPtr, v.X)
		elem := v.X.Type().Underlying().(*types.Pointer).Elem()
		out.Str, out.Type = fieldName(elem, v.Field), b.names.typeID(elem)
		return out
	case *ssa.Index:
		return Value{Op: OpIndex, Args: []int32{b.value(v.X), b.value(v.Index)}}
	case *ssa.IndexAddr:
		return Value{Op: OpIndexPtr, Args: []int32{b.value(v.X), b.value(v.Index)}}
	case *ssa.Lookup:
		return Value{Op: OpIndex, Args: []int32{b.value(v.X), b.value(v.Index)}}
	case *ssa.UnOp:
		switch v.Op {
		case token.MUL:
			return one(OpLoad, v.X)
		case token.ARROW:
			return one(OpElem, v.X)
		case token.NOT:
			return one(OpNot, v.X)
		}
	case *ssa.Phi:
		out := Value{Op: OpPhi, Type: b.names.typeID(v.Type())}
		for i, edge := range v.Edges {
			out.Args = append(out.Args, b.value(edge))
			out.Blocks = append(out.Blocks, int32(v.Block().Preds[i].Index))
		}
		return out
	case *ssa.Call:
		return b.result(v, 0)
	case *ssa.Extract:
		return b.extract(v)
	case *ssa.BinOp:
		return Value{Op: OpBinary, Str: v.Op.String(), Args: []int32{b.value(v.X), b.value(v.Y)}, Type: b.names.typeID(v.Type())}
	case *ssa.Convert:
		return one(OpConvert, v.X)
	case *ssa.MultiConvert:
		return one(OpConvert, v.X)
	case *ssa.ChangeType:
		return one(OpConvert, v.X)
	case *ssa.ChangeInterface:
		return one(OpConvert, v.X)
	case *ssa.SliceToArrayPointer:
		return one(OpConvert, v.X)
	case *ssa.MakeInterface:
		out := one(OpIface, v.X)
		out.Type = b.names.typeID(v.X.Type())
		b.foreign(v.X.Type(), v.Type())
		return out
	case *ssa.TypeAssert:
		return one(OpAssert, v.X)
	case *ssa.Slice:
		return b.slice(v)
	case *ssa.MakeMap, *ssa.MakeChan, *ssa.MakeSlice:
		return Value{Op: OpMake, Type: b.names.typeID(v.Type())}
	case *ssa.Next:
		if r, ok := v.Iter.(*ssa.Range); ok {
			return one(OpElem, r.X)
		}
	}
	return Value{Type: b.names.typeID(v.Type())}
}

func (b *builder) constant(c *ssa.Const) Value {
	out := Value{Op: OpConst, Type: b.names.typeID(c.Type())}
	switch c.Type().Underlying().(type) {
	case *types.Struct, *types.Array:
		out.Op, out.N = OpAlloc, 2 // T{} is a value, not nil
		return out
	}
	switch {
	case c.Value == nil:
		out.Str = "nil"
	case c.Value.Kind() == constant.String:
		out.Str = constant.StringVal(c.Value)
	default:
		out.Str = c.Value.ExactString()
	}
	return out
}

// funcValue is a function as a value. A method expression T.M is the method itself, receiver first.
func (b *builder) funcValue(fn *ssa.Function) Value {
	if obj, ok := fn.Object().(*types.Func); ok && fn.Synthetic != "" && obj.Signature().Recv() != nil {
		return Value{Op: OpFunc, Str: methodID(obj)}
	}
	return Value{Op: OpFunc, Str: funcID(fn), Type: b.names.typeID(fn.Type())}
}

func (b *builder) closure(c *ssa.MakeClosure) Value {
	fn := c.Fn.(*ssa.Function)
	out := Value{Op: OpClosure, Str: funcID(fn)}
	for _, binding := range c.Bindings {
		out.Args = append(out.Args, b.value(binding))
	}
	if obj, ok := fn.Object().(*types.Func); ok && len(c.Bindings) == 1 && strings.HasPrefix(fn.Synthetic, "bound") {
		out.Op, out.Str = OpBound, methodID(obj)
		recv := c.Bindings[0].Type()
		if types.IsInterface(recv) {
			out.Type = b.iface(recv)
		}
	}
	return out
}

func (b *builder) result(call *ssa.Call, n int) Value {
	if builtin, ok := call.Call.Value.(*ssa.Builtin); ok {
		out := Value{Op: OpBuiltin, Str: builtin.Name(), Type: b.names.typeID(call.Type())}
		for _, arg := range call.Call.Args {
			out.Args = append(out.Args, b.value(arg))
		}
		if builtin.Name() == "append" {
			out.Op = OpAppend
		}
		return out
	}
	return Value{Op: OpCall, Args: []int32{b.calls[call.Common()]}, N: int32(n), Type: b.names.typeID(call.Type())}
}

func (b *builder) extract(v *ssa.Extract) Value {
	switch tuple := v.Tuple.(type) {
	case *ssa.Call:
		out := b.result(tuple, v.Index)
		out.Type = b.names.typeID(v.Type())
		return out
	case *ssa.TypeAssert:
		return Value{Op: OpAssert, N: int32(v.Index), Args: []int32{b.value(tuple.X)}, Type: b.names.typeID(v.Type())}
	case *ssa.Lookup:
		if v.Index == 0 {
			return Value{Op: OpIndex, Args: []int32{b.value(tuple.X), b.value(tuple.Index)}, Type: b.names.typeID(v.Type())}
		}
	case *ssa.Next:
		// (ok, key, value)
		if r, ok := tuple.Iter.(*ssa.Range); ok && v.Index > 0 {
			op := OpElem
			if v.Index == 1 {
				op = OpKey
			}
			return Value{Op: op, Args: []int32{b.value(r.X)}, Type: b.names.typeID(v.Type())}
		}
	case *ssa.UnOp: // v, ok := <-ch
		if v.Index == 0 {
			return Value{Op: OpElem, Args: []int32{b.value(tuple.X)}, Type: b.names.typeID(v.Type())}
		}
	case *ssa.Select:
		// (index, ok, received...)
		if n := v.Index - 2; n >= 0 {
			for _, state := range tuple.States {
				if state.Dir != types.RecvOnly {
					continue
				}
				if n == 0 {
					return Value{Op: OpElem, Args: []int32{b.value(state.Chan)}, Type: b.names.typeID(v.Type())}
				}
				n--
			}
		}
	}
	return Value{Type: b.names.typeID(v.Type())}
}

func (b *builder) slice(v *ssa.Slice) Value {
	if alloc, ok := v.X.(*ssa.Alloc); ok {
		if elems := b.lists[alloc]; elems != nil {
			out := Value{Op: OpList, Type: b.names.typeID(v.Type())}
			for _, e := range elems {
				if e == nil {
					out.Args = append(out.Args, b.add(Value{}))
					continue
				}
				if ptr, ok := e.(*ssa.IndexAddr); ok {
					addr := b.value(ptr)
					out.Args = append(out.Args, b.add(Value{Op: OpLoad, Args: []int32{addr}}))
					continue
				}
				out.Args = append(out.Args, b.value(e))
			}
			return out
		}
	}
	return Value{Op: OpConvert, Str: textFrom(v), Args: []int32{b.value(v.X)}, Type: b.names.typeID(v.Type())}
}

// textFrom is how many bytes a slice leaves out at the beginning of a text, where it is just these and their number is known:
// url[len("http://"):].
func textFrom(v *ssa.Slice) string {
	low, ok := v.Low.(*ssa.Const)
	if t, isBasic := v.X.Type().Underlying().(*types.Basic); !ok || v.High != nil || !isBasic || t.Info()&types.IsString == 0 {
		return ""
	}
	return low.Value.ExactString()
}

func fieldName(t types.Type, i int) string {
	if st, ok := t.Underlying().(*types.Struct); ok && i < st.NumFields() {
		return st.Field(i).Name()
	}
	return ""
}

"""Typed expressions and places back as short C text, for the steps of a story."""

from gupproof.language import typed


def place_text(place: typed.Place) -> str:
    """Return ``place`` as C text: ``page->_refcount``."""
    match place:
        case typed.Object(name=name):
            return name
        case typed.Deref(pointer=typed.AddressOf(place=inner)):
            return place_text(inner)
        case typed.Deref(pointer=pointer):
            return f"*{_nested(pointer)}"
        case typed.Field(base=typed.Deref(pointer=typed.AddressOf(place=inner)), name=name):
            return f"{place_text(inner)}.{name}"
        case typed.Field(base=typed.Deref(pointer=pointer), name=name):
            return f"{_nested(pointer)}->{name}"
        case typed.Field(base=base, name=name):
            return f"{place_text(base)}.{name}"
        case typed.Index(base=base, index=index):
            return f"{place_text(base)}[{expr_text(index)}]"


def expr_text(expr: typed.Expr) -> str:
    """Return ``expr`` as C text, parenthesised where a reader might wonder."""
    match expr:
        case typed.Const(value=value, type=kind):
            return "NULL" if (value == 0 and str(kind).endswith("*")) or str(kind) == "NULL" else str(value)
        case typed.NoOverflow():
            return "no_overflow"
        case typed.Local(name=name) | typed.Config(name=name):
            return name.split(".")[0]
        case typed.LocalAddress(name=name):
            return "&" + name.split(".")[0]
        case typed.Load(place=place):
            name = _performed(expr)
            return place_text(place) if name == "plain_load" else f"{name}({place_text(place)})"
        case typed.AddressOf(place=typed.Deref(pointer=pointer)):
            return expr_text(pointer)
        case typed.AddressOf(place=place):
            return f"&{place_text(place)}"
        case typed.Unary(operator=operator, operand=operand):
            return f"{operator}{_nested(operand)}"
        case typed.Binary(operator=operator, left=left, right=right) | typed.Logical(operator=operator, left=left, right=right):
            return f"{_nested(left)} {operator} {_nested(right)}"
        case typed.Conditional(condition=condition, then=then, otherwise=otherwise):
            return f"{_nested(condition)} ? {_nested(then)} : {_nested(otherwise)}"
        case typed.Cast(operand=operand):
            return expr_text(operand)
        case typed.Increment(target=target, amount=amount, is_prefix=is_prefix):
            text = expr_text(target) if isinstance(target, typed.Local) else place_text(target)
            sign = "++" if amount > 0 else "--"
            return f"{sign}{text}" if is_prefix else f"{text}{sign}"
        case typed.SrcuLock(place=place):
            return f"srcu_read_lock(&{place_text(place)})"
        case typed.Choose():
            return "choose(...)"
        case typed.Rmw(place=place):
            return f"{_performed(expr)}(&{place_text(place)})"
        case typed.CondLoad(place=place):
            return f"smp_cond_load(&{place_text(place)})"
        case typed.Call(function=function, arguments=arguments):
            return f"{function}({', '.join(map(expr_text, arguments))})"


def _nested(expr: typed.Expr) -> str:
    # Casts are not shown.
    while isinstance(expr, typed.Cast):
        expr = expr.operand
    text = expr_text(expr)
    compound = isinstance(expr, typed.Binary | typed.Logical | typed.Conditional)
    return f"({text})" if compound else text


def rmw_text(node: typed.Rmw) -> str:
    """Return what a read-modify-write does, under the name of its row: ``atomic_add_unless(p->_refcount += 1)``."""
    amount = "" if node.operand is None else expr_text(node.operand)
    detail = {
        typed.Operation.ADD: f" += {amount}",
        typed.Operation.SUB: f" -= {amount}",
        typed.Operation.AND: f" &= {amount}",
        typed.Operation.OR: f" |= {amount}",
        typed.Operation.XOR: f" ^= {amount}",
        typed.Operation.ANDNOT: f" &= ~{amount}",
        typed.Operation.SET: f" := {amount}",
    }[node.operation]
    return f"{_performed(node)}({place_text(node.place)}{detail})"


def store_text(node: typed.Store) -> str:
    """Return what a store does, under the name of its row: ``WRITE_ONCE(p->flags)``."""
    name, place = _performed(node), place_text(node.place)
    return f"{place} = ..." if name == "plain_store" else f"{name}({place})"


def _performed(node: typed.Load | typed.Store | typed.Rmw) -> str:
    """Return the name of an access's row; that of the slot where a slot decides."""
    return f"slot {node.slot}" if node.slot else node.primitive

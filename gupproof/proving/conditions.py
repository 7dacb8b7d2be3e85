"""Conditions as they are written: their parts, which of them a run decides, and what they may be taken for."""

from collections.abc import Iterator

from gupproof.language import syntax


def inside(root: syntax.Node) -> Iterator[syntax.Node]:
    """Yield every node of a surface tree."""
    pending = [root]
    while pending:
        node = pending.pop()
        yield node
        for name in type(node).__slots__:
            value = getattr(node, name)
            pending += [item for item in (value if isinstance(value, tuple) else (value,)) if isinstance(item, syntax.Node)]


def varies(expr: syntax.Expr, constants: frozenset[str]) -> bool:
    """Whether an expression may differ between executions, by its look."""
    return any(
        isinstance(node, syntax.Call | syntax.SlotCall | syntax.Choose | syntax.ChooseRange | syntax.Member)
        or (isinstance(node, syntax.Name) and node.text not in constants)
        for node in inside(expr)
    )


def _operands(expr: syntax.Expr) -> tuple[syntax.Expr, ...]:
    """Return what ``&&`` or ``||`` joins; nothing for other expressions."""
    return (expr.left, expr.right) if isinstance(expr, syntax.Infix) and expr.operator in ("&&", "||") else ()


def _is_mixed(expr: syntax.Expr, constants: frozenset[str]) -> bool:
    """Whether a condition asks for a switch as well."""
    operands = _operands(expr)
    if not operands:
        return not varies(expr, constants)
    return any(_is_mixed(operand, constants) for operand in operands)


def fixed_outcomes(expr: syntax.Expr, constants: frozenset[str]) -> Iterator[tuple[syntax.Expr, bool]]:
    """Yield parts of a condition, each with an outcome that it may always have; switches keep their part in it."""
    if not varies(expr, constants):
        return
    mixed = _is_mixed(expr, constants)
    if not mixed:
        yield expr, False
        yield expr, True
    for operand in _operands(expr):
        if mixed:
            yield from fixed_outcomes(operand, constants)
        else:
            yield from _left_out(operand, neutral=isinstance(expr, syntax.Infix) and expr.operator == "&&")


def _left_out(expr: syntax.Expr, *, neutral: bool) -> Iterator[tuple[syntax.Expr, bool]]:
    """Yield an operand that is left out, and the operands in it."""
    yield expr, neutral
    for operand in _operands(expr):
        yield from _left_out(operand, neutral=isinstance(expr, syntax.Infix) and expr.operator == "&&")

"""Turns lark's parse tree into the surface tree, bottom-up and without recursion.

Not recursing matters twice: a file nested ten thousand deep must end in a diagnostic, and everything after this module may
recurse, because nothing deeper than :data:`DEEPEST` gets through.
"""

from collections.abc import Callable
from typing import Any

from lark import Token, Tree

from gupproof.diagnostics import NOWHERE, Span
from gupproof.language import syntax
from gupproof.language.errors import TOO_DEEP, Reporter

DEEPEST = 100

# What stands on the stack while the tree is folded: tokens, nodes, and small lists of them.
Piece = Any


def build_items(tree: "Tree[Token]", path: str, doc_before: Callable[[int], str], reporter: Reporter) -> list[syntax.Item]:
    """Return the items of a parsed file.

    Args:
        tree: lark's tree of the rule ``start``.
        path: for the spans.
        doc_before: the documentation comment that ends before an offset of the text.
        reporter: told where the nesting is too deep.

    Raises:
        Refused: the nesting is too deep.

    """
    folder = _Folder(path, doc_before)
    order: list[Tree[Token] | Token | None] = []
    pending: list[Any] = [tree]
    while pending:
        node = pending.pop()
        order.append(node)
        if isinstance(node, Tree):
            pending.extend(node.children)
    stack: list[tuple[Piece, int]] = []
    for node in reversed(order):
        if not isinstance(node, Tree):
            stack.append((node, 0))
            continue
        count = len(node.children)
        children = stack[len(stack) - count :]
        del stack[len(stack) - count :]
        depth = 1 + max((depth for _, depth in children), default=0)
        span = folder.span_of(node)
        if depth > DEEPEST:
            raise reporter.refuse(TOO_DEEP, span, f"this is nested more than {DEEPEST} deep")
        stack.append((folder.fold(str(node.data), span, [piece for piece, _ in children], node), depth))
    items: list[syntax.Item] = stack[0][0]
    return items


class _Folder:
    """One method per rule of the grammar: the span and the folded children in, a node out."""

    def __init__(self, path: str, doc_before: Callable[[int], str]) -> None:
        self.path = path
        self.doc_before = doc_before

    def span_of(self, tree: "Tree[Token]") -> Span:
        meta = tree.meta
        if meta.empty:
            return NOWHERE
        return Span(self.path, meta.line, meta.column, meta.end_line, meta.end_column)

    def word(self, token: Token | None) -> syntax.Word:
        assert token is not None
        return syntax.Word(span=self.token_span(token), text=str(token))

    def token_span(self, token: Token) -> Span:
        return Span(self.path, token.line or 0, token.column or 0, token.end_line or 0, token.end_column or 0)

    def fold(self, rule: str, span: Span, children: list[Piece], tree: "Tree[Token]") -> Piece:
        if rule == "theorem":
            return self.theorem(span, children, self.doc_before(tree.meta.start_pos))
        return getattr(self, rule + "_" if rule in _PYTHON_WORDS else rule)(span, children)

    # ── items ────────────────────────────────────────────────────────────────────────────────────────────────────────

    def start(self, _span: Span, children: list[Piece]) -> Piece:
        return children

    def use(self, span: Span, children: list[Piece]) -> Piece:
        return syntax.Use(span=span, parts=tuple(str(part) for part in children))

    def config(self, span: Span, children: list[Piece]) -> Piece:
        name, values, default = children
        parts = () if isinstance(values, Token) else values
        numbers = parts if parts and isinstance(parts[0], syntax.Number) else ()
        words = () if numbers else parts
        return syntax.Config(span=span, name=self.word(name), values=words, numbers=numbers, default=self.word(default))

    def numbers(self, _span: Span, children: list[Piece]) -> Piece:
        return tuple(syntax.Number(span=self.token_span(child), text=str(child)) for child in children)

    def slot_item(self, span: Span, children: list[Piece]) -> Piece:
        name, values, default = children
        return syntax.SlotItem(span=span, name=self.word(name), values=values, default=self.word(default))

    def alternatives(self, _span: Span, children: list[Piece]) -> Piece:
        return tuple(self.word(child) for child in children)

    def const(self, span: Span, children: list[Piece]) -> Piece:
        name, value = children
        return syntax.Constant(span=span, name=self.word(name), value=value)

    def enum(self, span: Span, children: list[Piece]) -> Piece:
        name, *enumerators = children
        return syntax.Enum(span=span, name=self.word(name), enumerators=tuple(enumerators))

    def enumerator(self, span: Span, children: list[Piece]) -> Piece:
        name, value = children
        return syntax.Enumerator(span=span, name=self.word(name), value=value)

    def typedef(self, span: Span, children: list[Piece]) -> Piece:
        base, stars, name = children
        return syntax.Typedef(span=span, name=self.word(name), type=syntax.TypeExpr(span=base.span, base=base, stars=stars))

    def struct(self, span: Span, children: list[Piece]) -> Piece:
        name, *fields = children
        return syntax.Struct(span=span, name=self.word(name), fields=tuple(fields))

    def function(self, span: Span, children: list[Piece]) -> Piece:
        name, *parameters, returns, body = children
        kept = tuple(parameter for parameter in parameters if parameter is not None)
        return syntax.Function(span=span, name=self.word(name), parameters=kept, returns=returns, body=body)

    def parameter(self, span: Span, children: list[Piece]) -> Piece:
        base, stars, name = children
        kind = syntax.TypeExpr(span=base.span, base=base, stars=stars)
        return syntax.Parameter(span=span, name=self.word(name), type=kind)

    # ── types and declarations ───────────────────────────────────────────────────────────────────────────────────────

    def integer_type(self, span: Span, children: list[Piece]) -> Piece:
        return syntax.IntegerName(span=span, name=" ".join(children))

    def named_type(self, span: Span, children: list[Piece]) -> Piece:
        return syntax.TypedefName(span=span, name=str(children[0]))

    def struct_type(self, span: Span, children: list[Piece]) -> Piece:
        return syntax.StructName(span=span, name=self.word(children[0]))

    def enum_type(self, span: Span, children: list[Piece]) -> Piece:
        return syntax.EnumName(span=span, name=self.word(children[0]))

    def stars(self, _span: Span, children: list[Piece]) -> Piece:
        return len(children)

    def full_type(self, span: Span, children: list[Piece]) -> Piece:
        base, stars = children
        return syntax.TypeExpr(span=span, base=base, stars=stars)

    def declaration(self, span: Span, children: list[Piece]) -> Piece:
        base, *declarators = children
        return syntax.Declaration(span=span, base=base, declarators=tuple(declarators))

    def declarator(self, span: Span, children: list[Piece]) -> Piece:
        stars, name, lengths, initial = children
        return syntax.Declarator(span=span, name=self.word(name), stars=stars, lengths=lengths, initial=initial)

    def lengths(self, _span: Span, children: list[Piece]) -> Piece:
        return tuple(children)

    # ── scenarios and theorems ───────────────────────────────────────────────────────────────────────────────────────

    def scenario(self, span: Span, children: list[Piece]) -> Piece:
        name, *items = children
        return syntax.Scenario(span=span, name=self.word(name), items=tuple(items))

    def ghost(self, span: Span, children: list[Piece]) -> Piece:
        return syntax.Ghost(span=span, declaration=children[0])

    def init(self, span: Span, children: list[Piece]) -> Piece:
        return syntax.Init(span=span, body=children[0])

    def thread(self, span: Span, children: list[Piece]) -> Piece:
        name, cpu, body = children
        return syntax.Thread(span=span, name=self.word(name), cpu=self.word(cpu) if cpu else None, body=body)

    def interrupt(self, span: Span, children: list[Piece]) -> Piece:
        thread, handler = children
        return syntax.Interrupt(span=span, thread=self.word(thread), handler=handler)

    def property_(self, span: Span, children: list[Piece]) -> Piece:
        name, condition = children
        return syntax.Proposition(span=span, name=self.word(name), condition=condition, is_cover=False)

    def cover(self, span: Span, children: list[Piece]) -> Piece:
        name, condition = children
        return syntax.Proposition(span=span, name=self.word(name), condition=condition, is_cover=True)

    def theorem(self, span: Span, children: list[Piece], doc: str) -> Piece:
        name, claim, *runs = children
        text = str(claim)[1:-1] if claim else ""
        return syntax.Theorem(span=span, name=self.word(name), claim=text, doc=doc, runs=tuple(runs))

    def run(self, span: Span, children: list[Piece]) -> Piece:
        scenario, settings, *lines = children
        shows = tuple(line for line in lines if isinstance(line, syntax.Shows))
        places = tuple(line for line in lines if isinstance(line, syntax.Places))
        return syntax.Run(span=span, scenario=self.word(scenario), settings=settings, shows=shows, places=places)

    def settings(self, _span: Span, children: list[Piece]) -> Piece:
        return tuple(child for child in children if child is not None)

    def setting(self, span: Span, children: list[Piece]) -> Piece:
        name, value = children
        return syntax.Setting(span=span, name=self.word(name), value=self.word(value))

    def shows(self, span: Span, children: list[Piece]) -> Piece:
        properties, models, covering, expect, flags = children
        return syntax.Shows(
            span=span, properties=properties, models=models, covering=covering, expect=self.word(expect), flags=flags or ()
        )

    def places(self, span: Span, children: list[Piece]) -> Piece:
        slots, properties, models, covering, minimal, flags = children
        return syntax.Places(
            span=span,
            slots=slots,
            properties=properties,
            models=models,
            covering=covering,
            minimal=minimal,
            flags=flags or (),
        )

    def placements(self, _span: Span, children: list[Piece]) -> Piece:
        return tuple(children)

    def placement(self, span: Span, children: list[Piece]) -> Piece:
        return syntax.Placement(span=span, settings=tuple(child for child in children if child is not None))

    def hopeless(self, _span: Span, _children: list[Piece]) -> Piece:
        return None

    def names(self, _span: Span, children: list[Piece]) -> Piece:
        return tuple(self.word(child) for child in children)

    models = flags = names

    # ── statements ───────────────────────────────────────────────────────────────────────────────────────────────────

    def block(self, span: Span, children: list[Piece]) -> Piece:
        return syntax.Block(span=span, body=tuple(children))

    def empty(self, span: Span, _children: list[Piece]) -> Piece:
        return syntax.Block(span=span, body=())

    def evaluate(self, span: Span, children: list[Piece]) -> Piece:
        value = children[0]
        if isinstance(value, syntax.Increment):
            one = syntax.Number(span=value.span, text="1")
            return syntax.Assignment(span=span, target=value.operand, operator=value.operator, value=one)
        return syntax.Evaluate(span=span, value=value)

    def assign(self, span: Span, children: list[Piece]) -> Piece:
        target, value = children
        return syntax.Assignment(span=span, target=target, operator="", value=value)

    def compound(self, span: Span, children: list[Piece]) -> Piece:
        target, operator, value = children
        return syntax.Assignment(span=span, target=target, operator=str(operator)[:-1], value=value)

    def if_(self, span: Span, children: list[Piece]) -> Piece:
        condition, then, otherwise = children
        return syntax.If(span=span, condition=condition, then=then, otherwise=otherwise)

    def while_(self, span: Span, children: list[Piece]) -> Piece:
        condition, bound, body = children
        return syntax.While(span=span, condition=condition, bound=bound, body=body, test_first=True)

    def do(self, span: Span, children: list[Piece]) -> Piece:
        body, condition, bound = children
        return syntax.While(span=span, condition=condition, bound=bound, body=body, test_first=False)

    def for_(self, span: Span, children: list[Piece]) -> Piece:
        initial, condition, step, bound, body = children
        return syntax.For(span=span, initial=initial, condition=condition, step=step, bound=bound, body=body)

    def only(self, _span: Span, children: list[Piece]) -> Piece:
        return children[0]

    for_initial = for_condition = for_step = parenthesised = only

    def bound(self, span: Span, children: list[Piece]) -> Piece:
        return (self.number if children[0].type == "NUMBER" else self.name)(span, [children[0]], of_token=True)

    def break_(self, span: Span, _children: list[Piece]) -> Piece:
        return syntax.Break(span=span)

    def continue_(self, span: Span, _children: list[Piece]) -> Piece:
        return syntax.Continue(span=span)

    def return_(self, span: Span, children: list[Piece]) -> Piece:
        return syntax.Return(span=span, value=children[0])

    def await_(self, span: Span, children: list[Piece]) -> Piece:
        return syntax.Await(span=span, condition=children[0])

    def assert_(self, span: Span, children: list[Piece]) -> Piece:
        condition, name = children
        return syntax.Assert(span=span, condition=condition, name=self.word(name) if name else None)

    def assume(self, span: Span, children: list[Piece]) -> Piece:
        return syntax.Assume(span=span, condition=children[0])

    def slot(self, span: Span, children: list[Piece]) -> Piece:
        return syntax.Slot(span=span, name=self.word(children[0]))

    # ── expressions ──────────────────────────────────────────────────────────────────────────────────────────────────

    def step_after(self, span: Span, children: list[Piece]) -> Piece:
        operand, operator = children
        return syntax.Increment(span=span, operator=str(operator)[0], operand=operand, is_prefix=False)

    def step_before(self, span: Span, children: list[Piece]) -> Piece:
        operator, operand = children
        return syntax.Increment(span=span, operator=str(operator)[0], operand=operand, is_prefix=True)

    def name(self, span: Span, children: list[Piece], *, of_token: bool = False) -> Piece:
        return syntax.Name(span=self.token_span(children[0]) if of_token else span, text=str(children[0]))

    def number(self, span: Span, children: list[Piece], *, of_token: bool = False) -> Piece:
        return syntax.Number(span=self.token_span(children[0]) if of_token else span, text=str(children[0]))

    def true(self, span: Span, _children: list[Piece]) -> Piece:
        return syntax.Boolean(span=span, value=True)

    def false(self, span: Span, _children: list[Piece]) -> Piece:
        return syntax.Boolean(span=span, value=False)

    def null(self, span: Span, _children: list[Piece]) -> Piece:
        return syntax.Null(span=span)

    def field(self, span: Span, children: list[Piece]) -> Piece:
        base, name = children
        return syntax.Member(span=span, base=base, name=self.word(name), arrow=False)

    def arrow(self, span: Span, children: list[Piece]) -> Piece:
        base, name = children
        return syntax.Member(span=span, base=base, name=self.word(name), arrow=True)

    def subscript(self, span: Span, children: list[Piece]) -> Piece:
        base, index = children
        return syntax.Subscript(span=span, base=base, index=index)

    def call(self, span: Span, children: list[Piece]) -> Piece:
        function, *arguments = children
        kept = tuple(argument for argument in arguments if argument is not None)
        return syntax.Call(span=span, function=self.word(function), arguments=kept)

    def slot_call(self, span: Span, children: list[Piece]) -> Piece:
        slot, *arguments = children
        kept = tuple(argument for argument in arguments if argument is not None)
        return syntax.SlotCall(span=span, slot=self.word(slot), arguments=kept)

    def prefix(self, span: Span, children: list[Piece]) -> Piece:
        operator, operand = children
        return syntax.Prefix(span=span, operator=str(operator), operand=operand)

    def binary(self, span: Span, children: list[Piece]) -> Piece:
        left, operator, right = children
        return syntax.Infix(span=span, operator=str(operator), left=left, right=right)

    def bit_or_of(self, span: Span, children: list[Piece]) -> Piece:
        left, right = children
        return syntax.Infix(span=span, operator="|", left=left, right=right)

    def ternary(self, span: Span, children: list[Piece]) -> Piece:
        condition, then, otherwise = children
        return syntax.Ternary(span=span, condition=condition, then=then, otherwise=otherwise)

    def cast(self, span: Span, children: list[Piece]) -> Piece:
        kind, operand = children
        return syntax.Cast(span=span, type=kind, operand=operand)

    def choose(self, span: Span, children: list[Piece]) -> Piece:
        return syntax.Choose(span=span, options=tuple(children))

    def choose_range(self, span: Span, children: list[Piece]) -> Piece:
        low, high = children
        return syntax.ChooseRange(span=span, low=low, high=high)


_PYTHON_WORDS = frozenset({"property", "if", "while", "for", "break", "continue", "return", "await", "assert"})

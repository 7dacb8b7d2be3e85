"""Text of a cat file → syntax tree.

The grammar is ``grammar/cat.lark``; comments are blanked out beforehand, keeping every other character in its place.
"""

from collections.abc import Sequence
from functools import cache

from lark import Lark, Token, Tree
from lark.exceptions import UnexpectedInput

from gupproof.cat import syntax
from gupproof.cat.syntax import Operator
from gupproof.cat.terms import AxiomKind
from gupproof.diagnostics import Diagnostic, GupError, Span, with_source_lines
from gupproof.grammars import build_parser
from gupproof.syntax_errors import syntax_error

_TERMINALS = {
    "NAME": "a name",
    "STRING": "a string",
    "LET": "let",
    "AND": "and",
    "IN": "in",
    "AS": "as",
    "EQUAL": "=",
    "RPAR": ")",
    "RSQB": "]",
    "RBRACE": "}",
    "ACYCLIC": "acyclic",
    "IRREFLEXIVE": "irreflexive",
    "EMPTY_TEST": "empty",
}

_NARY = {
    "union": Operator.UNION,
    "sequence": Operator.SEQ,
    "intersection": Operator.INTER,
    "difference": Operator.DIFF,
    "cartesian": Operator.CARTESIAN,
    "complement": Operator.COMPLEMENT,
    "star": Operator.STAR,
    "plus": Operator.PLUS,
    "optional": Operator.OPTIONAL,
    "inverse": Operator.INVERSE,
    "identity_on": Operator.IDENTITY_ON,
}

_UNSUPPORTED = {
    "procedure": "procedure",
    "call": "call",
    "forall": "forall",
    "with_from": "with ... from",
    "enum": "enum",
    "instructions": "instructions",
    "debug": "debug",
    "try_with": "try ... with",
    "if_else": "if ... then ... else",
    "match": "match",
    "plusplus": "++",
    "tag": "a tag as a value",
    "set": "a set of sets in { }",
    "unit": "()",
}


def parse(text: str, path: str) -> syntax.File:
    """Parse ``text``.

    Raises:
        GupError: it is no cat.

    """
    plain = _without_comments(text, path)
    try:
        tree = _lark().parse(plain)
    except UnexpectedInput as error:
        raise syntax_error(error, code="C001", path=path, text=text, names=_TERMINALS) from None
    try:
        return _Builder(path).file(tree)
    except RecursionError:
        raise GupError(Diagnostic(code="C010", message=f"{path} is nested too deeply")) from None


@cache
def _lark() -> Lark:
    return build_parser("cat", lexer="basic")


def _without_comments(text: str, path: str) -> str:
    """Replace comments by blanks: ``(* nested *)``, ``//`` and ``#`` to the end of the line; strings are left alone."""
    out = list(text)
    openings: list[int] = []
    position = 0
    while position < len(text):
        two = text[position : position + 2]
        width = 1
        if two == "(*":
            openings.append(position)
            width = 2
        elif openings and two == "*)":
            openings.pop()
            out[position : position + 2] = "  "
            position += 2
            continue
        elif not openings and text[position] == '"':
            end = text.find('"', position + 1)
            position = len(text) if end < 0 else end + 1
            continue
        elif not openings and (two == "//" or text[position] == "#"):
            end = text.find("\n", position)
            width = (len(text) if end < 0 else end) - position
            out[position : position + width] = " " * width
        if openings:
            out[position : position + width] = [" " if char != "\n" else char for char in text[position : position + width]]
        position += width
    if openings:
        line = text.count("\n", 0, openings[0]) + 1
        column = openings[0] - (text.rfind("\n", 0, openings[0]) + 1) + 1
        problem = Diagnostic(
            code="C002",
            message="this comment has no end",
            span=Span(path, line, column, line, column + 2),
            help="comments nest: every (* needs its own *)",
        )
        raise GupError(*with_source_lines([problem], {path: text}))
    return "".join(out)


class _Builder:
    """Turns Lark's tree into ours."""

    def __init__(self, path: str) -> None:
        self._path = path

    def file(self, tree: Tree[Token]) -> syntax.File:
        head, *items = tree.children
        title = " ".join(str(word).strip('"') for word in head.children if word) if isinstance(head, Tree) else ""
        built = [self._item(item) for item in items if isinstance(item, Tree) and item.data != "show"]
        return syntax.File(title=title, items=tuple(built))

    def _span(self, node: Tree[Token] | Token) -> Span:
        place = node.meta if isinstance(node, Tree) else node
        line, column = place.line or 1, place.column or 1
        return Span(self._path, line, column, place.end_line or line, place.end_column or column)

    def _item(self, tree: Tree[Token]) -> syntax.Item:
        span = self._span(tree)
        match tree.data:
            case "let" | "let_rec":
                if len(tree.children) > 1 and tree.children[1] is not None:
                    return syntax.Unsupported(span=span, construct="let rec ... when")
                return syntax.Let(span=span, recursive=tree.data == "let_rec", bindings=self._bindings(tree.children[0]))
            case "check":
                return self._check(tree)
            case "include":
                (file,) = _tokens(tree.children)
                return syntax.Include(span=self._span(file), file=str(file)[1:-1])
            case _:
                return syntax.Unsupported(span=self._head(tree), construct=_UNSUPPORTED[str(tree.data)])

    def _head(self, tree: Tree[Token]) -> Span:
        """The first line of a construct that may go on for many."""
        span = self._span(tree)
        return span if span.end_line == span.line else Span(self._path, span.line, span.column, span.line, span.column + 1)

    def _check(self, tree: Tree[Token]) -> syntax.Item:
        modifier, test, naming = tree.children
        assert isinstance(test, Tree)
        negation, kind, operand = test.children
        word = str(modifier.children[0]) if isinstance(modifier, Tree) else ""
        if word == "undefined_unless":
            return syntax.Unsupported(span=self._head(tree), construct=word)
        name = str(naming.children[0]) if isinstance(naming, Tree) else ""
        return syntax.Check(
            span=self._span(tree),
            modifier=syntax.Modifier(word),
            negated=negation is not None,
            kind=AxiomKind(str(kind)),
            operand=self._expr(operand),
            name=name,
        )

    def _bindings(self, tree: Tree[Token] | Token) -> tuple[syntax.Binding, ...]:
        assert isinstance(tree, Tree)
        return tuple(self._binding(binding) for binding in tree.children if isinstance(binding, Tree))

    def _binding(self, tree: Tree[Token]) -> syntax.Binding:
        *left, right = tree.children
        span, value = self._span(tree), self._expr(right)
        if tree.data == "bind_tuple":
            names = tuple(name for part in left for name in _formal_names(part))
            return syntax.Binding(span=span, pattern=syntax.Pattern(span=span, names=names, is_tuple=True), value=value)
        name, *parameters = left
        assert isinstance(name, Token)
        pattern = syntax.Pattern(span=self._span(name), names=(str(name),), is_tuple=False)
        if parameters:
            patterns = tuple(self._parameter(parameter) for parameter in parameters)
            value = syntax.Function(span=span, parameters=patterns, body=value)
        return syntax.Binding(span=span, pattern=pattern, value=value)

    def _parameter(self, node: Tree[Token] | Token) -> syntax.Pattern:
        is_tuple = isinstance(node, Tree) and node.data == "tuple_parameter"
        return syntax.Pattern(span=self._span(node), names=_formal_names(node), is_tuple=is_tuple)

    def _expr(self, node: Tree[Token] | Token) -> syntax.Expr:
        assert isinstance(node, Tree)
        span, children = self._span(node), [child for child in node.children if child is not None]
        match node.data:
            case "tuple" if len(children) == 1:
                return self._expr(children[0])
            case "tuple":
                return syntax.Tuple(span=span, items=tuple(map(self._expr, children)))
            case "name":
                return syntax.Name(span=span, name=str(children[0]))
            case "empty":
                return syntax.Empty(span=span)
            case "set" if not children:
                return syntax.Empty(span=span)
            case "universe":
                return syntax.Universe(span=span)
            case "apply":
                return syntax.Apply(span=span, function=self._expr(children[0]), argument=self._expr(children[1]))
            case "function":
                parameters = (self._parameter(children[0]),)
                return syntax.Function(span=span, parameters=parameters, body=self._expr(children[1]))
            case "let_in" | "let_rec_in":
                return syntax.LetIn(
                    span=span,
                    recursive=node.data == "let_rec_in",
                    bindings=self._bindings(children[0]),
                    body=self._expr(children[1]),
                )
            case data if data in _NARY:
                operands = tuple(self._expr(child) for child in children if isinstance(child, Tree))
                return syntax.Operation(span=span, operator=_NARY[str(data)], operands=operands)
            case data:
                return syntax.Unsupported(span=self._head(node), construct=_UNSUPPORTED[str(data)])


def _tokens(children: Sequence[Tree[Token] | Token]) -> list[Token]:
    return [child for child in children if isinstance(child, Token)]


def _formal_names(node: Tree[Token] | Token | None) -> tuple[str, ...]:
    """The names of a formal, of a list of them, or of a parameter that holds either."""
    if node is None:
        return ()
    if isinstance(node, Token):
        return (str(node),)
    return tuple(name for child in node.children for name in _formal_names(child))

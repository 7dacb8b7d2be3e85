"""Lark's tree of a cat file → syntax tree."""

from collections.abc import Sequence

from lark import Token, Tree

from gupproof.cat import syntax
from gupproof.cat.syntax import Comparison, Operator
from gupproof.cat.terms import AxiomKind
from gupproof.diagnostics import Span

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

_COMPARISONS = {"equal": Comparison.EQUAL, "subset": Comparison.SUBSET, "member": Comparison.MEMBER}

# Words at the head of a file that are options of the reference tool, not its title.
_OPTIONS = frozenset({"catdep", "withco", "withoutco", "withinit", "withoutinit", "withsc", "withoutsc"})


class Builder:
    """Turns the tree of one file into ours."""

    def __init__(self, path: str) -> None:
        self._path = path

    def file(self, tree: Tree[Token]) -> syntax.File:
        """Return a whole file."""
        head, *items = tree.children
        words = [str(word).strip('"') for word in head.children] if isinstance(head, Tree) else []
        title = " ".join(word for word in words if word not in _OPTIONS)
        return syntax.File(title=title, items=self._items(items))

    def _items(self, children: Sequence[Tree[Token] | Token | None]) -> tuple[syntax.Item, ...]:
        trees = [child for child in children if isinstance(child, Tree)]
        return tuple(self._item(tree) for tree in trees if tree.data not in ("show", "debug"))

    def _span(self, node: Tree[Token] | Token) -> Span:
        place = node.meta if isinstance(node, Tree) else node
        line, column = place.line or 1, place.column or 1
        return Span(self._path, line, column, place.end_line or line, place.end_column or column)

    def _item(self, tree: Tree[Token]) -> syntax.Item:
        span = self._span(tree)
        match tree.data:
            case "let" | "let_rec":
                bindings, *guard = tree.children
                return syntax.Let(
                    span=span,
                    recursive=tree.data == "let_rec",
                    bindings=self._bindings(bindings),
                    guard=self._guard(guard[0]) if guard and isinstance(guard[0], Tree) else None,
                )
            case "check":
                return self._check(tree)
            case "include":
                (file,) = _tokens(tree.children)
                return syntax.Include(span=self._span(file), file=str(file)[1:-1])
            case "enum":
                name, *tags = _tokens(tree.children)
                return syntax.TagEnum(span=span, name=str(name), tags=tuple(str(tag)[1:] for tag in tags))
            case "instructions":
                kind, *given = tree.children
                exprs = tuple(self._expr(tag) for tag in given if tag is not None)
                return syntax.Instructions(span=span, kind=str(kind), tags=exprs)
            case "procedure":
                return self._procedure(tree)
            case "call":
                procedure, argument, naming = tree.children
                return syntax.Call(span=span, procedure=str(procedure), argument=self._expr(argument), name=_naming(naming))
            case "forall":
                variable, domain, body = tree.children
                assert isinstance(body, Tree)
                return syntax.ForAll(span=span, name=str(variable), domain=self._expr(domain), items=self._items(body.children))
            case "with_from":
                variable, choices = tree.children
                return syntax.WithFrom(span=span, name=str(variable), choices=self._expr(choices))
            case "choice":
                condition, holds, fails = tree.children
                assert isinstance(holds, Tree)
                return syntax.Choice(
                    span=self._head(tree),
                    condition=self._condition(condition),
                    holds=self._items(holds.children),
                    fails=self._items(fails.children) if isinstance(fails, Tree) else (),
                )
            case data:
                raise AssertionError(f"{data} is no item")

    def _procedure(self, tree: Tree[Token]) -> syntax.Procedure:
        rec, name, parameter, body = tree.children
        assert isinstance(body, Tree)
        return syntax.Procedure(
            span=self._head(tree),
            recursive=rec is not None,
            name=str(name),
            pattern=self._parameter(parameter),
            items=self._items(body.children),
        )

    def _head(self, tree: Tree[Token]) -> Span:
        """The first line of a construct that may go on for many."""
        span = self._span(tree)
        return span if span.end_line == span.line else Span(self._path, span.line, span.column, span.line, span.column + 1)

    def _check(self, tree: Tree[Token]) -> syntax.Check:
        modifier, test, naming = tree.children
        word = str(modifier.children[0]) if isinstance(modifier, Tree) else ""
        return self._test(self._span(tree), syntax.Modifier(word), test, _naming(naming))

    def _guard(self, tree: Tree[Token]) -> syntax.Check:
        test, naming = tree.children
        return self._test(self._span(tree), syntax.Modifier.CONSTRAINT, test, _naming(naming))

    def _test(self, span: Span, modifier: syntax.Modifier, test: Tree[Token] | Token | None, name: str) -> syntax.Check:
        assert isinstance(test, Tree)
        negation, kind, operand = test.children
        return syntax.Check(
            span=span,
            modifier=modifier,
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
            case "unit":
                return syntax.Tuple(span=span, items=())
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
            case "tag":
                return syntax.Tag(span=span, name=str(children[0])[1:])
            case "set":
                return syntax.SetOf(span=span, items=tuple(map(self._expr, children)))
            case "plusplus":
                return self._insertion(span, [self._expr(child) for child in children])
            case "try_with":
                return syntax.Try(span=span, attempt=self._expr(children[0]), otherwise=self._expr(children[1]))
            case "if_else":
                return syntax.If(
                    span=span,
                    condition=self._condition(children[0]),
                    holds=self._expr(children[1]),
                    fails=self._expr(children[2]),
                )
            case "match":
                return self._match(node)
            case data if data in _NARY:
                operands = tuple(self._expr(child) for child in children if isinstance(child, Tree))
                return syntax.Operation(span=span, operator=_NARY[str(data)], operands=operands)
            case data:
                raise AssertionError(f"{data} is no expression")

    def _insertion(self, span: Span, parts: Sequence[syntax.Expr]) -> syntax.Expr:
        """``a ++ b ++ S`` puts b into S first."""
        *items, result = parts
        for item in reversed(items):
            result = syntax.Insert(span=span, item=item, rest=result)
        return result

    def _condition(self, node: Tree[Token] | Token) -> syntax.Condition:
        assert isinstance(node, Tree)
        if node.data in _COMPARISONS:
            left, right = (self._expr(child) for child in node.children)
            return syntax.Compare(span=self._span(node), comparison=_COMPARISONS[node.data], left=left, right=right)
        alternatives = _parts(node, "any_variant")
        literals = [[_literal(part) for part in _parts(alternative, "all_variants")] for alternative in alternatives]
        return syntax.VariantTest(alternatives=tuple(map(tuple, literals)))

    def _match(self, node: Tree[Token]) -> syntax.Expr:
        subject, *clauses = [child for child in node.children if child is not None]
        built: list[syntax.Clause] = []
        for clause in clauses:
            assert isinstance(clause, Tree)
            span = self._span(clause)
            *patterns, last = clause.children
            body = self._expr(last)
            match clause.data:
                case "tag_clause":
                    tag = str(patterns[0])
                    built.append(syntax.TagClause(span=span, name="" if tag == "_" else tag[1:], body=body))
                case "empty_clause":
                    built.append(syntax.EmptyClause(span=span, body=body))
                case "element_clause":
                    ((element,), (rest,)) = map(_formal_names, patterns)
                    built.append(syntax.ElementClause(span=span, element=element, rest=rest, body=body))
                case _:
                    return syntax.Unsupported(span=self._head(clause), construct="match with | in a pattern")
        return syntax.Match(span=self._head(node), subject=self._expr(subject), clauses=tuple(built))


def _parts(node: Tree[Token], name: str) -> list[Tree[Token]]:
    """Return the operands of an operator that a single operand stands for as well."""
    return [part for part in node.children if isinstance(part, Tree)] if node.data == name else [node]


def _literal(node: Tree[Token]) -> tuple[str, bool]:
    negation, variant = node.children
    return str(variant)[1:-1], negation is None


def _naming(node: Tree[Token] | Token | None) -> str:
    return str(node.children[0]) if isinstance(node, Tree) else ""


def _tokens(children: Sequence[Tree[Token] | Token]) -> list[Token]:
    return [child for child in children if isinstance(child, Token)]


def _formal_names(node: Tree[Token] | Token | None) -> tuple[str, ...]:
    """The names of a formal, of a list of them, or of a parameter that holds either."""
    if node is None:
        return ()
    if isinstance(node, Token):
        return (str(node),)
    return tuple(name for child in node.children for name in _formal_names(child))

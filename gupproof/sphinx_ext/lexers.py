"""Pygments lexers for the languages of the documentation: gup, cat, and target tables.

The words come from the grammars, so that a keyword that is added there is coloured here.
"""

from lark import Lark
from lark.lexer import PatternStr
from pygments.lexer import RegexLexer, bygroups, words
from pygments.token import Comment, Keyword, Name, Number, Operator, Punctuation, String, Text, Whitespace

from gupproof.grammars import build_parser
from gupproof.language.primitives import PRIMITIVES

_END = r"(?![A-Za-z0-9_])"
_IDENT = r"[A-Za-z_][A-Za-z0-9_]*"
_CONSTANTS = ("true", "false", "NULL")
_TYPES = ("bool", "char", "short", "int", "long", "signed", "unsigned", "struct", "enum")
_DECLARATIONS = ("use", "config", "slot", "const", "typedef", "fn", "scenario", "theorem", "ghost", "init", "thread")
_VERDICTS = ("proved", "refuted", "vacuous", "flagged", "hopeless")


def keywords(parser: Lark) -> tuple[str, ...]:
    """Return the words that a grammar spells out, in alphabetical order."""
    patterns = (terminal.pattern for terminal in parser.terminals)
    return tuple(sorted({item.value for item in patterns if isinstance(item, PatternStr) and item.value[0].isalpha()}))


_WORDS = keywords(build_parser("gup"))
_OTHER_WORDS = tuple(word for word in _WORDS if word not in (*_CONSTANTS, *_TYPES, *_DECLARATIONS))
_SHORT_WORDS = ("by", "covering", "expect", "hopeless", "on", "or", "places", "shows", "under", "with")
"""Words of scenarios and theorems that are names elsewhere: a word is one of these where another word or a brace follows."""
_EXPECTED = rf"(expect)(\s+)({'|'.join(_VERDICTS)}){_END}"


class GupLexer(RegexLexer):
    """The language of protocols, scenarios and theorems."""

    name = "gup"
    url = ""
    aliases = ("gup",)
    filenames = ("*.gup",)

    tokens = {  # noqa: RUF012 - as Pygments wants it
        "root": [
            (r"\s+", Whitespace),
            (r"//[^\n]*", Comment.Single),
            (r"/\*(?:.|\n)*?\*/", Comment.Multiline),
            (r'"[^"\n]*"', String),
            (r"(use)(\s+)([\w.]+)", bygroups(Keyword.Namespace, Whitespace, Name.Namespace)),
            (rf"(fn)(\s+)({_IDENT})", bygroups(Keyword.Declaration, Whitespace, Name.Function)),
            (
                rf"(scenario|theorem|thread|property|cover)(\s+)({_IDENT})",
                bygroups(Keyword.Declaration, Whitespace, Name.Class),
            ),
            (r"(under)(\s+)(?=\w)", bygroups(Keyword, Whitespace), "models"),
            (_EXPECTED, bygroups(Keyword, Whitespace, Name.Label)),
            (rf"({'|'.join(_SHORT_WORDS)})(?!\s+[\w{{]|\s*\Z){_END}", Name),
            (words(_CONSTANTS, suffix=_END), Keyword.Constant),
            (words(_TYPES, suffix=_END), Keyword.Type),
            (rf"[A-Za-z_]\w*_t{_END}", Keyword.Type),
            (words(_DECLARATIONS, suffix=_END), Keyword.Declaration),
            (words(_OTHER_WORDS, suffix=_END), Keyword),
            (words(tuple(PRIMITIVES), suffix=_END), Name.Builtin),
            (rf"({_IDENT})(?=\s*\()", Name.Function),
            (rf"[A-Z][A-Z0-9_]+{_END}", Name.Constant),
            (_IDENT, Name),
            (r"(?:0[xX][0-9a-fA-F]+|[0-9]+)[uUlL]*", Number),
            (r"->|[-+|&^=!<>]=|\+\+|--|&&|\|\||<<|>>|\.\.|[-+*/%&|^~!<>=?:]", Operator),
            (r"[;,.{}()\[\]]", Punctuation),
        ],
        # Names of models hold characters that are operators elsewhere.
        "models": [
            (r"\s+", Whitespace),
            (r",", Punctuation),
            (_EXPECTED, bygroups(Keyword, Whitespace, Name.Label), "#pop"),
            (words(_OTHER_WORDS, suffix=_END), Keyword, "#pop"),
            (r"[A-Za-z0-9_][-A-Za-z0-9_.+]*(?:/[A-Za-z0-9_][-A-Za-z0-9_.+]*)?", Name.Attribute),
            (r"(?=[^\w\s,])", Text, "#pop"),
        ],
    }


class CatLexer(RegexLexer):
    """Memory models."""

    name = "cat"
    url = ""
    aliases = ("cat",)
    filenames = ("*.cat", "*.bell")

    tokens = {  # noqa: RUF012
        "root": [
            (r"\s+", Whitespace),
            (r"\(\*", Comment.Multiline, "comment"),
            (r"//[^\n]*", Comment.Single),
            (r'"[^"\n]*"', String),
            (r"(let)(\s+)(rec\b)?(\s*)([\w.-]+)", bygroups(Keyword, Whitespace, Keyword, Whitespace, Name.Function)),
            (r"(as)(\s+)([\w.-]+)", bygroups(Keyword, Whitespace, Name.Label)),
            (words(keywords(build_parser("cat")), prefix=r"(?<![\w.-])", suffix=r"(?![\w.-])"), Keyword),
            (r"'_?[A-Za-z][\w.-]*", String.Symbol),
            (r"_?[A-Za-z][\w.-]*'?", Name),
            (r"\d+", Number),
            (r"\^\s*-1|[|&;\\*+?^~=<>!/-]", Operator),
            (r"[\[\](){},_.:]", Punctuation),
        ],
        "comment": [
            (r"[^(*]+", Comment.Multiline),
            (r"\(\*", Comment.Multiline, "#push"),
            (r"\*\)", Comment.Multiline, "#pop"),
            (r"[(*]", Comment.Multiline),
        ],
    }


class TargetLexer(RegexLexer):
    """Tables from kernel primitives to what they do."""

    name = "target"
    url = ""
    aliases = ("target",)
    filenames = ("*.target", "*.costs")

    tokens = {  # noqa: RUF012
        "root": [
            (r"\s+", Whitespace),
            (r"//[^\n]*", Comment.Single),
            (r'"[^"\n]*"', String),
            (rf"^(title|kind|models|parts|tags|target){_END}", Keyword.Declaration, "words"),
            (rf"^cost{_END}", Keyword.Declaration),
            (r"\d+", Number),
            (rf"^{_IDENT}", Name.Builtin),
            (rf"else{_END}", Keyword),
            (rf"[RWF]{_END}", Keyword.Type),
            (r"\[", Punctuation, "tags"),
            (r"-", Operator),
        ],
        "words": [
            (r"\n", Whitespace, "#pop"),
            (r"[ \t]+", Whitespace),
            (r"//[^\n]*", Comment.Single),
            (r'"[^"\n]*"', String),
            (r"[A-Za-z][A-Za-z0-9_.+-]*", Name.Attribute),
        ],
        "tags": [
            (r"[ \t]+|,", Punctuation),
            (r"[A-Za-z][A-Za-z0-9_.-]*", Name.Attribute),
            (r"\]", Punctuation, "#pop"),
        ],
    }


LEXERS = (GupLexer, CatLexer, TargetLexer)

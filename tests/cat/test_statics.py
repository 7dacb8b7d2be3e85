"""What is worked out when a model is read: tags, sets of tags and relations, match, try, if, functions that recur."""

import pytest

from gupproof.diagnostics import GupError

TAGS = "enum Kind = 'mb || 'acquire || 'once "


@pytest.mark.parametrize(
    ("before", "text", "expected"),
    [
        # Matching: the element clause takes one, the rest is what remains; tags in alphabetical order.
        ("", "match {} with || {} -> po || x ++ rest -> rf end", "po"),
        ("", "match 0 with || {} -> po || x ++ rest -> rf end", "po"),
        ("", "match {po, rf} with || {} -> co || x ++ rest -> x end", "po"),
        ("", "match {po} with || x ++ rest -> (match rest with || {} -> x || y ++ z -> co end) end", "po"),
        ("", "match po & (R * 0) with || {} -> co || x ++ rest -> rf end", "co"),
        (TAGS, "match 'once with || 'mb -> po || 'once -> rf || _ -> co end", "rf"),
        (TAGS, "match 'once with || 'mb -> po || _ -> co end", "co"),
        (TAGS, "match Kind with || {} -> po || x ++ rest -> (match x with || 'acquire -> rf || _ -> co end) end", "rf"),
        # Sets hold an element once.
        ("", "match po ++ {po} with || x ++ rest -> (match rest with || {} -> rf || y ++ z -> co end) end", "rf"),
        ("", "match po ++ rf ++ {} with || x ++ rest -> (match rest with || {} -> co || y ++ z -> x ; y end) end", ";(po, rf)"),
        ("", "match {po} | {rf} with || {} -> co || x ++ y -> x end", "po"),
        (TAGS, "match Kind \\ {'mb, 'once} with || {} -> po || x ++ y -> tag2events x end", "0"),
        (TAGS, "match Kind & {'once} with || {} -> R || x ++ y -> tag2events x end", "Once"),
        (TAGS, "match Kind & 'once with || {} -> R || x ++ y -> tag2events x end", "Once"),
        (TAGS, "match {'once} | 'mb with || {} -> R || x ++ y -> tag2events x end", "0"),
        # The second of a try where the first is in error, of whichever kind.
        ("", "try po with rf", "po"),
        ("", "try NoSuchThing with rf", "rf"),
        ("", "try R ; po with rf", "rf"),
        ("let f x = x ; x", "try f R with rf", "rf"),
        # No variant is set.
        ("", 'if "v" then po else rf', "rf"),
        ("", 'if not "v" then po else rf', "po"),
        ("", 'if not "v" && "w" then po else rf', "rf"),
        ("", 'if "v" || not "w" && not "v" then po else rf', "po"),
        ("", 'if "v" then NoSuchThing else rf', "rf"),
        # Conditions that tags decide.
        (TAGS, "if 'mb = 'mb then po else rf", "po"),
        (TAGS, "if 'mb = 'once then po else rf", "rf"),
        (TAGS, "if 'mb in Kind then po else rf", "po"),
        (TAGS, "if 'mb in {'once} then po else rf", "rf"),
        (TAGS, "if {'mb} subset Kind then po else rf", "po"),
        (TAGS, "if Kind subset {'mb} then po else rf", "rf"),
        ("", "if po = po then po else rf", "po"),
        ("", "if {} = 0 then po else rf", "po"),
        # Nothing and everything are of either sort.
        ("", "po & _", "&(po, *,*(_, _))"),
        ("", "~0 & R", "&(_, R)"),
        ("", "(0 | {}) | po", "po"),
        ("", "(_ \\ _) | po", "po"),
        ("", "[_ & _]", "id"),
        # Functions.
        ("let rec f S = match S with || {} -> 0 || x ++ rest -> x | f rest end", "f {po, rf, co}", "|(po, rf, co)"),
        ("let rec f S = match S with || {} -> po || x ++ y -> g y end and g S = match S with || {} -> rf || x ++ y -> f y end",
         "f {po, rf, co}", "rf"),
        ("let f = let rec g S = match S with || {} -> {} || x ++ y -> (x ; x) ++ g y end in fun S -> g S",
         "match f {po, rf} with || x ++ rest -> x end", ";(po, po)"),
        ("", "match map (fun r -> r | co) {po, rf} with || x ++ rest -> x end", "|(po, co)"),
    ],
)  # fmt: skip
def test_values(term, before, text, expected):
    assert term(text, before) == expected


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("let a = match R with || {} -> po || x ++ y -> rf end", "C007", "known in an execution only"),
        ("let a = match _ with || {} -> po end", "C004", "everything"),
        ("let a = match {po} with || {} -> po end", "C011", "no clause matches"),
        (f"{TAGS} let a = match 'mb with || 'once -> po end", "C011", "no clause matches a tag"),
        ("let a = po ++ rf", "C007", "known in an execution only"),
        ("let a = {po} & {rf}", "C007", "whether two relations are one"),
        ("let a = {po, (fun x -> x)}", "C004", "a set holds"),
        (f"{TAGS} let a = Kind | po", "C007", "known in an execution only"),
        (f"{TAGS} let a = [Kind]", "C004", "a set of tags"),
        ("let a = 'mb", "C003", "no enum has a tag 'mb"),
        (f"{TAGS} let a = 'mbb", "C003", "did you mean mb?"),
        ("let a = if po = rf then po else rf", "C007", "known in an execution only"),
        ("let a = if R subset W then po else rf", "C007", "known in an execution only"),
        ("let a = linearisations(W, po)", "C007", "linearisations()"),
        ("let a = classes-loc W", "C007", "classes-loc()"),
        ("let rec f x = f x let a = f po", "C010", ""),
        ("let rec f x = x and r = po ; r", "C007", "in one recursion"),
        ("let a = tag2events po", "C004", "wants a tag"),
        ("let f s = match s with || s1 | e ++ s2 -> s1 end let a = f {po}", "C007", "match with | in a pattern"),
    ],
)
def test_errors(load, text, code, words):
    with pytest.raises(GupError) as caught:
        load(text)
    assert [diagnostic.code for diagnostic in caught.value.diagnostics] == [code]
    assert words in str(caught.value)

"""Axioms in a form that is cheaper to encode: what is left out, what is not, and that they hold of the same executions."""

from collections.abc import Callable
from functools import reduce
from random import Random

import pytest

from gupproof.cat.reader import load_model
from gupproof.cat.terms import Axiom, AxiomKind, Model, Term, TermOp
from gupproof.program.target_reader import known_targets
from gupproof.resources import models_dir

BASES = ("po", "rf", "co", "addr", "data", "W", "R", "F")
SIZE = 4


def condensed(model: Model) -> list[str]:
    return [f"{axiom.kind.value} {axiom.term!r}" for axiom in model.condensed]


# ── what becomes of axioms ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("axioms", "expected"),
    [
        ("acyclic rf | po; rf*", ["acyclic |(rf, po)"]),
        ("empty (rf | po; rf*)+", ["empty +(|(rf, po))"]),
        ("empty (rf | po; rf*)* & id", ["empty &(*(|(rf, po)), id)"]),
        # A chain of closures is taken off from its end.
        ("acyclic rf | co | po; rf*; co*", ["acyclic |(rf, co, po)"]),
        # A closure of a union, of which all parts are there.
        ("acyclic rf | co | po; (rf | co)*", ["acyclic |(rf, co, po)"]),
        # What goes from W to W may be followed by itself before it is looked whether the path ends in W, or after.
        ("let y = [W]; co; [W]\nacyclic y | po; y*; [W]", ["acyclic |(;(;([](W), co), [](W)), ;(po, [](W)))"]),
        # The closure in the middle of a part is another matter: both have to hold of it.
        ("acyclic rf | po; rf*; co", ["acyclic |(rf, ;(;(po, *(rf)), co))"]),
        # Something is repeated that the union lacks, or has only a part of.
        ("acyclic rf | po; co*", ["acyclic |(rf, ;(po, *(co)))"]),
        ("acyclic rf | po; (rf | co)*", ["acyclic |(rf, ;(po, *(|(rf, co))))"]),
        # Steps of y that do not end in W: a path may end behind them, and x; [W] may not.
        ("let y = [W]; co\nacyclic y | po; y*; [W]", ["acyclic |(;([](W), co), ;(;(po, *(;([](W), co))), [](W)))"]),
        # Steps that may begin outside of W: x may lead there, and x; [W] may not.
        ("let y = co; [W]\nacyclic y | po; y*; [W]", ["acyclic |(;(co, [](W)), ;(;(po, *(;(co, [](W)))), [](W)))"]),
        # At least once is not perhaps not at all: x does not end where a step of y begins.
        ("acyclic rf | po; rf+", ["acyclic |(rf, ;(po, +(rf)))"]),
        (
            "let y = [W]; co; [W]\nacyclic y | po; y+; [W]",
            ["acyclic |(;(;([](W), co), [](W)), ;(;(po, +(;(;([](W), co), [](W)))), [](W)))"],
        ),
        # Once at most is not again and again.
        ("empty (rf | po; rf*)?; co", ["empty ;(?(|(rf, ;(po, *(rf)))), co)"]),
        # Outside of closures and orders nothing is left out.
        ("empty rf | po; rf*", ["empty |(rf, ;(po, *(rf)))"]),
        ("irreflexive rf | po; rf*", ["irreflexive |(rf, ;(po, *(rf)))"]),
    ],
)
def test_a_closure_takes_in_what_its_parts_repeat(load: Callable[[str], Model], axioms: str, expected: list[str]) -> None:
    assert condensed(load(axioms)) == expected


@pytest.mark.parametrize(
    ("axioms", "expected"),
    [
        ("acyclic rf\nacyclic po; rf*", ["acyclic |(rf, po)"]),
        ("acyclic po; rf*\nacyclic rf", ["acyclic |(rf, po)"]),
        ("acyclic rf\nacyclic po; rf* | co; rf*", ["acyclic |(rf, po, co)"]),
        # co may follow rf in a cycle of the union, where neither axiom says anything.
        ("acyclic rf\nacyclic po; rf* | co", ["acyclic rf", "acyclic |(;(po, *(rf)), co)"]),
        # Nor does any say anything of po and co in turns.
        ("acyclic rf\nacyclic po; rf*\nacyclic co; rf*", ["acyclic |(rf, po)", "acyclic ;(co, *(rf))"]),
        # The first goes into the second, which is another one then.
        ("let y = po; rf*\nacyclic co; y*\nacyclic y\nacyclic rf", ["acyclic |(;(po, *(rf)), co)", "acyclic rf"]),
        ("acyclic rf | co\nacyclic po; rf*", ["acyclic |(rf, co)", "acyclic ;(po, *(rf))"]),
        ("irreflexive rf\nacyclic po; rf*", ["irreflexive rf", "acyclic ;(po, *(rf))"]),
        ("flag ~acyclic rf as it\nacyclic po; rf*", ["acyclic rf", "acyclic ;(po, *(rf))"]),
    ],
)
def test_two_orders_become_one(load: Callable[[str], Model], axioms: str, expected: list[str]) -> None:
    assert condensed(load(axioms)) == expected


def test_the_kernels_model_has_one_order_for_happens_before_and_propagation() -> None:
    tags = frozenset().union(*(target.tags for target in known_targets()))
    model = load_model(models_dir() / "lkmm.cat", tags=tags)
    names = [axiom.name for axiom in model.axioms if not axiom.flag]
    kept = [axiom.name for axiom in model.condensed if not axiom.flag]
    assert [name for name in names if name not in kept] == ["propagation"]


# ── what they mean ───────────────────────────────────────────────────────────────────────────────────────────────────────

Pairs = frozenset[tuple[int, int]]


def compose(one: Pairs, other: Pairs) -> Pairs:
    return frozenset((a, d) for a, b in one for c, d in other if b == c)


def plus(pairs: Pairs) -> Pairs:
    longer = pairs | compose(pairs, pairs)
    return pairs if longer == pairs else plus(longer)


IDENTITY: Pairs = frozenset((a, a) for a in range(SIZE))


def meaning(term: Term, given: dict[str, Pairs]) -> Pairs:
    parts = [meaning(arg, given) for arg in term.args]
    match term.op:
        case TermOp.BASE:
            return given[term.name]
        case TermOp.ID:
            return IDENTITY
        case TermOp.UNION:
            return reduce(frozenset.union, parts)
        case TermOp.SEQ:
            return compose(*parts)
        case TermOp.PLUS:
            return plus(parts[0])
        case TermOp.STAR:
            return plus(parts[0]) | IDENTITY
        case TermOp.IDENTITY_ON:
            return parts[0]
        case _:
            raise AssertionError(term.op)


def holds(axiom: Axiom, given: dict[str, Pairs]) -> bool:
    pairs = meaning(axiom.term, given)
    match axiom.kind:
        case AxiomKind.ACYCLIC:
            return not plus(pairs) & IDENTITY
        case AxiomKind.IRREFLEXIVE:
            return not pairs & IDENTITY
        case AxiomKind.EMPTY:
            return not pairs


def random_relations(random: Random) -> dict[str, Pairs]:
    every = [(a, b) for a in range(SIZE) for b in range(SIZE)]
    found = {name: frozenset(random.sample(every, random.randrange(4))) for name in BASES}
    # Sets are identities on their members.
    return found | {name: frozenset(random.sample(sorted(IDENTITY), random.randrange(1, SIZE + 1))) for name in ("W", "R", "F")}


def random_models(random: Random) -> str:
    """Return definitions that end in closures of each other, and axioms over unions of them."""
    names = ["rf", "co"]
    lines = []
    for number in range(3):
        ends = random.choice(["", "[W]"])
        body = f"{random.choice(['po', 'addr', 'data'])}; {' | '.join(random.sample(names, random.randint(1, 2)))}"
        closures = "".join(
            f"; ({' | '.join(random.sample(names, random.randint(1, 2)))}){random.choice('**+')}"
            for _ in range(random.randint(0, 2))
        )
        bounded = f"{ends}; {{}}; {ends}" if ends else "{}"
        lines.append(f"let d{number} = {bounded.format(f'({body}){closures}')}")
        names.append(f"d{number}")
        lines += random.sample([f"acyclic d{number}"], random.randrange(2))
    for _ in range(random.randint(1, 3)):
        union = " | ".join(random.sample(names, random.randint(1, 4)))
        lines.append(random.choice(["acyclic {}", "acyclic {}", "irreflexive ({})+", "empty ({})*; [F]; po"]).format(union))
    return "\n".join(lines)


@pytest.mark.parametrize("seed", range(300))
def test_condensed_axioms_hold_of_the_same_relations(load: Callable[[str], Model], seed: int) -> None:
    random = Random(seed)
    text = random_models(random)
    model = load(text)
    for _ in range(40):
        given = random_relations(random)
        expected = all(holds(axiom, given) for axiom in model.axioms)
        assert all(holds(axiom, given) for axiom in model.condensed) == expected, (text, given)

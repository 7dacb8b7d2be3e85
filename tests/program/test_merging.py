"""Rows of which a slot chooses one, merged into one list of steps."""

from gupproof.diagnostics import Span
from gupproof.program.expr import ExprPool, Op
from gupproof.program.merging import Alternative, merge, read_tags
from gupproof.program.targets import Row, Step, StepKind

HERE = Span("a.gup", 1, 1, 1, 2)


def fence(*tags: str) -> Step:
    return Step(StepKind.FENCE, tags)


def read(*tags: str) -> Step:
    return Step(StepKind.READ, tags)


def write(*tags: str) -> Step:
    return Step(StepKind.WRITE, tags)


def conditions(pool: ExprPool, count: int) -> list:
    switch = pool.config("s", tuple(range(count)))
    return [pool.make(Op.EQ, switch, pool.const(value)) for value in range(count)]


def test_a_row_alone_becomes_its_own_steps():
    pool = ExprPool()
    steps = (fence("SYNC"), read("X"), write("X", "L"), fence("ISB"))
    merged = merge(pool, [(pool.true, steps)])
    assert [(item.kind, tuple(tag for tag, _ in item.tags)) for item in merged] == [(step.kind, step.tags) for step in steps]
    assert {item.condition for item in merged} | {where for item in merged for _, where in item.tags} == {pool.true}


def test_fences_at_the_same_place_share_an_event_under_the_conditions_of_those_that_have_it():
    pool = ExprPool()
    none, weak, strong = conditions(pool, 3)
    (item,) = merge(pool, [(none, ()), (weak, (fence("LWSYNC"),)), (strong, (fence("SYNC"),))])
    assert item.condition is pool.lor(weak, strong)
    assert dict(item.tags) == {"LWSYNC": weak, "SYNC": strong}


def test_a_tag_that_all_have_who_have_the_event_is_unconditional():
    pool = ExprPool()
    none, weak, strong = conditions(pool, 3)
    first, second = merge(pool, [(none, ()), (weak, (fence("F"),)), (strong, (fence("F"), fence("G")))])
    assert dict(first.tags) == {"F": pool.true}
    assert (dict(second.tags), second.condition) == ({"G": pool.true}, strong)


def test_accesses_are_aligned_and_fences_keep_their_side():
    pool = ExprPool()
    relaxed, release, acquire = conditions(pool, 3)
    merged = merge(
        pool,
        [
            (relaxed, (read("X"), write("X"))),
            (release, (fence("LWSYNC"), read("X"), write("X", "L"))),
            (acquire, (read("X", "A"), write("X"), fence("ISYNC"))),
        ],
    )
    assert [item.kind for item in merged] == [StepKind.FENCE, StepKind.READ, StepKind.WRITE, StepKind.FENCE]
    before, reads, writes, after = merged
    assert (before.condition, after.condition) == (release, acquire)
    assert reads.condition is writes.condition is pool.true
    assert dict(reads.tags) == {"X": pool.true, "A": acquire}
    assert dict(writes.tags) == {"X": pool.true, "L": release}


def test_the_fence_of_a_store_stands_before_it():
    pool = ExprPool()
    once, release = conditions(pool, 2)
    merged = merge(pool, [(once, (write(),)), (release, (fence("LWSYNC"), write()))])
    assert [(item.kind, item.condition) for item in merged] == [(StepKind.FENCE, release), (StepKind.WRITE, pool.true)]


def row(steps: tuple[Step, ...], failure: tuple[Step, ...] | None) -> Row:
    return Row(primitive="r", steps=steps, failure=failure, note="", span=HERE)


def test_tags_of_both_outcomes_always_hold_and_the_others_under_theirs():
    pool = ExprPool()
    success = pool.choice(0, (0, 1))
    wins = (read("A", "X"), write("L"))
    made = dict(read_tags(pool, [Alternative(pool.true, row(wins, (read("X", "Q"),)))], success))
    assert made == {"A": success, "X": pool.true, "Q": pool.negation(success)}
    assert dict(read_tags(pool, [Alternative(pool.true, row(wins, None))], success)) == {"A": pool.true, "X": pool.true}


def test_tags_of_an_outcome_hold_where_the_choice_and_the_outcome_do():
    pool = ExprPool()
    relaxed, acquire = conditions(pool, 2)
    success = pool.choice(0, (0, 1))
    alternatives = [
        Alternative(relaxed, row((read("X"), write()), (read("X", "Failed"),))),
        Alternative(acquire, row((read("X", "A"), write()), (read("X", "Failed"),))),
    ]
    assert dict(read_tags(pool, alternatives, success)) == {
        "X": pool.true,
        "A": pool.land(acquire, success),
        "Failed": pool.negation(success),
    }

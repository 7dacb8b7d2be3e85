"""The small programs with spinlocks: what sections keep in order, and what the two barriers beside them add.

The shapes are those of the kernel's own tests and of Documentation/ordering in tools/memory-model (v6.12): MP, ISA2 and Z6.0
with sections, order from one section of a CPU to its next one, and full order with ``smp_mb__after_spinlock()`` and
``smp_mb__after_unlock_lock()``.
"""

from collections.abc import Iterator
from dataclasses import replace

from gupproof.lowering.trials import Act, Trial
from gupproof.lowering.uses import AFTER_LOCK, AFTER_UNLOCK_LOCK, FULL, LOCK, NO_LOCK, READ, TRYLOCK, UNLOCK, WRITE, Use

_FULL = Act(use=FULL)
_FIRST, _SECOND = "m0", "m1"
_ONE, _OTHER = "l0", "l1"


def _write(place: str, value: int = 1) -> Act:
    return Act(use=WRITE, place=place, value=value)


def _read(place: str, expected: int) -> Act:
    return Act(use=READ, place=place, register=0, expected=expected)


def _take(lock: str, how: Use = LOCK) -> Act:
    if how is LOCK:
        return Act(use=how, place=lock, value=1)
    return Act(use=how, place=lock, value=1, register=0, expected=int(how is TRYLOCK))


def _section(lock: str, *acts: Act, how: Use = LOCK) -> tuple[Act, ...]:
    return _take(lock, how), *acts, Act(use=UNLOCK, place=lock)


def lock_trials() -> Iterator[Trial]:
    """Yield them; what a program is about comes from it."""
    for how in (LOCK, TRYLOCK):
        yield from _sections(how)
        yield from _with_barriers(how)
    for use in (LOCK, UNLOCK):
        yield from _one_after_the_other(use)
    yield _trial("MP, the other holds it", NO_LOCK, (_write(_FIRST), *_section(_ONE)), (_take(_ONE, NO_LOCK), _read(_FIRST, 0)))


def _sections(how: Use) -> Iterator[Trial]:
    read = (*_section(_ONE, _read(_SECOND, 1), how=how), _read(_FIRST, 0))
    yield _trial("MP, stores before and in it", how, (_write(_FIRST), *_section(_ONE, _write(_SECOND))), read)
    yield _trial("MP, stores in it", how, _section(_ONE, _write(_FIRST), _write(_SECOND)), read)
    both = [_section(_ONE, _write(one), _read(other, 0), how=how) for one, other in ((_FIRST, _SECOND), (_SECOND, _FIRST))]
    yield _trial("SB in it", how, *both)
    yield _trial("ISA2", UNLOCK if how is LOCK else how,
        _section(_ONE, _write(_FIRST), _write(_SECOND)),
        _section(_ONE, _read(_SECOND, 1), _write("m2"), how=how),
        (_read("m2", 1), _FULL, _read(_FIRST, 0)))  # fmt: skip


def _one_after_the_other(use: Use) -> Iterator[Trial]:
    for name, second in (("two locks", _OTHER), ("a lock twice", _ONE)):
        before = {"W": _write(_FIRST), "R": _read(_FIRST, 1)}
        after = {"W": _write(_SECOND), "R": _read(_SECOND, 0)}
        others = {
            "WW": (_read(_SECOND, 1), _FULL, _read(_FIRST, 0)),
            "RW": (_read(_SECOND, 1), _FULL, _write(_FIRST)),
            "RR": (_write(_SECOND), _FULL, _write(_FIRST)),
            "WR": (_write(_SECOND), _FULL, _read(_FIRST, 0)),
        }
        for kinds, other in others.items():
            thread = (*_section(_ONE, before[kinds[0]]), *_section(second, after[kinds[1]]))
            yield _trial(f"{kinds} of sections of {name}", use, thread, other)


def _with_barriers(how: Use) -> Iterator[Trial]:
    """Yield those with a barrier: full order, so that SB is forbidden."""
    other = (_write(_SECOND), _FULL, _read(_FIRST, 0))
    inside = _section(_ONE, Act(use=AFTER_LOCK), _read(_SECOND, 0), how=how)
    yield _trial(f"SB, store before {how.row}", AFTER_LOCK, (_write(_FIRST), *inside), other)
    yield _trial(f"Z6.0, {how.row}", AFTER_LOCK,
        _section(_ONE, _write(_FIRST), _write(_SECOND)),
        _section(_ONE, Act(use=AFTER_LOCK), _read(_SECOND, 1), _write("m2"), how=how),
        (_write("m2", 2), _FULL, _read(_FIRST, 0)), final=(("m2", 2),))  # fmt: skip
    for name, second in (("two locks", _OTHER), ("a lock twice", _ONE)):
        again = _section(second, Act(use=AFTER_UNLOCK_LOCK), _read(_SECOND, 0), how=how)
        yield _trial(f"SB over {name}, {how.row}", AFTER_UNLOCK_LOCK, (*_section(_ONE, _write(_FIRST)), *again), other)
    later = _section(_ONE, Act(use=AFTER_UNLOCK_LOCK), _read(_FIRST, 1), _read(_SECOND, 0), how=how)
    yield _trial(f"SB over two CPUs, {how.row}", AFTER_UNLOCK_LOCK, _section(_ONE, _write(_FIRST)), later, other)


def _trial(name: str, use: Use, *threads: tuple[Act, ...], final: tuple[tuple[str, int], ...] = ()) -> Trial:
    return Trial(name=name, use=use, threads=tuple(map(_numbered, threads)), final=final)


def _numbered(thread: tuple[Act, ...]) -> tuple[Act, ...]:
    """Give each statement that returns something a register of its own."""
    numbers = iter(range(len(thread)))
    return tuple(act if act.register is None else replace(act, register=next(numbers)) for act in thread)

"""Code that runs while nothing else does: initial values, and the properties and covers of a final state."""

from collections.abc import Callable, Iterator, Mapping

from gupproof.diagnostics import Span
from gupproof.language import typed
from gupproof.meaning.cpu import FaultError, Level, Role, Run, Source
from gupproof.meaning.expressions import in_memory, word_type
from gupproof.meaning.registers import Frame, Value, truth
from gupproof.meaning.requests import Ending, Halt, Look, Pick, Read, Request, Take, as_kind
from gupproof.meaning.statements import Statements

INIT = "init"
Picker = Callable[[int, Span], int]


class _Alone(Statements):
    """Evaluates what no other thread sees."""

    def __init__(self, source: Source, *, overflowed: bool = False) -> None:
        super().__init__(source, INIT)
        self._overflowed = overflowed
        self.levels.append(Level(INIT, Role.OWNER))
        self.frames.append(Frame((), sees_ghosts=True))

    def value(self, node: typed.Expr) -> Run[Value]:
        if isinstance(node, typed.NoOverflow):
            return int(not self._overflowed)
        return (yield from super().value(node))

    def taken(self, take: Take) -> Run[None]:
        raise AssertionError(take)

    def section_index(self, count: int) -> int:
        raise AssertionError(count)

    def initial(self, place: typed.Place, value: typed.Expr) -> Run[tuple[int, Value]]:
        """Return where an initial value goes, and the value."""
        given = yield from self.converted(value, word_type(place.type))
        return in_memory((yield from self.place(place)))[0], given


def initial_memory(source: Source, pick: Picker) -> dict[int, int]:
    """Return what is in memory at first, by address; what is not named is 0.

    Args:
        source: the scenario.
        pick: chooses one of so many values.

    """
    memory: dict[int, int] = {}
    given = [
        (typed.Object(span=variable.span, name=variable.name, type=variable.type), variable.initial)
        for variable in (*source.unit.variables.values(), *source.scenario.variables)
        if variable.initial is not None
    ]
    given += [(store.place, store.value) for store in source.scenario.initial]  # type: ignore[misc]
    for place, value in given:
        run = _Alone(source).initial(place, value)
        answer: int | None = None
        while True:
            try:
                offer = next(run) if answer is None else run.send(answer)
            except StopIteration as done:
                address, worth = done.value
                assert isinstance(worth, int)
                memory[address] = worth
                break
            assert isinstance(offer.request, Pick), "initial values touch no memory"
            answer = pick(offer.request.count, offer.span)
    return memory


def initial_memories(source: Source) -> Iterator[dict[int, int]]:
    """Yield what may be in memory at first, for every choice that is made there."""
    pending: list[list[int]] = [[]]
    while pending:
        given = pending.pop()
        made: list[int] = []

        def pick(count: int, _: Span, given: list[int] = given, made: list[int] = made) -> int:
            place = len(made)
            if place >= len(given):
                pending.extend([*made, other] for other in range(1, count))
            made.append(given[place] if place < len(given) else 0)
            return made[-1]

        yield initial_memory(source, pick)


def holds(
    source: Source, proposition: typed.Proposition, memory: Mapping[int, int], ghosts: Mapping[str, Value], *, overflowed: bool
) -> bool | None:
    """Return whether a property or cover holds in a final state; None where a loop hits its bound.

    Args:
        source: the scenario.
        proposition: the property or cover. Where it faults it does not hold.
        memory: by address.
        ghosts: by name.
        overflowed: the property ``no_overflow`` has failed.

    """
    run = _Alone(source, overflowed=overflowed).value(proposition.condition)
    try:
        offer = next(run)
        while True:
            request = offer.request
            if isinstance(request, Halt):
                return False if request.stop.ending is Ending.FAULT else None
            offer = run.send(_answer(request, memory, ghosts))
    except StopIteration as done:
        return truth(done.value)
    except FaultError:
        return False


def _answer(request: Request, memory: Mapping[int, int], ghosts: Mapping[str, Value]) -> Value | None:
    match request:
        case Read():
            return as_kind(memory[request.address], request.kind)
        case Look():
            return ghosts[request.ghost]
        case _:
            raise AssertionError(f"a property or cover does no more than look: {request}")

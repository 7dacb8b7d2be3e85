"""Runs of a scenario's own text, given to the encoding that proved something of it: it has to allow each of them.

The runs are made on a machine whose executions the model allows: x86-TSO's under x86-tso, sequentially consistent ones under
every model. A run is given as a whole: what executes, what each read reads and from where, the order of the writes to each
word, and how it ends. Where :mod:`gupproof.proving.retracing` cannot follow a run, only its final state is given.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice, permutations, product

from gupproof.encoding.encoding import Encoding
from gupproof.meaning import Machine, Outcome, Walk
from gupproof.program.events import INIT_THREAD, Kind
from gupproof.program.expr import Expr
from gupproof.proving.retracing import Course, Retracing, UntraceableError
from gupproof.proving.runs import Runs
from gupproof.relations.symmetry import exchangeable_threads

MOST_WAYS = 50  # in which the program may have made a run, equal threads exchanged; one of them has to be allowed

Allows = Callable[[Sequence[int]], bool | None]
"""Whether an encoding has an execution in which literals hold; None if that was not found out."""


@dataclass(frozen=True, slots=True)
class Injected:
    """What became of runs.

    Attributes:
        whole: how many an encoding allows as they were made.
        ends: how many others it allows by their final states.
        problem: one that it does not allow, in words.

    """

    whole: int = 0
    ends: int = 0
    problem: str = ""


def machine_of(model: str) -> Machine:
    """Return the machine whose executions a model allows."""
    return Machine.TSO if model == Machine.TSO.value else Machine.SC


class Injection:
    """Gives runs to one encoding.

    Args:
        encoding: of a program.
        runs: of the scenario that the program was made of.

    """

    def __init__(self, encoding: Encoding, runs: Runs) -> None:
        self.encoding, self.runs, self.program = encoding, runs, encoding.program
        self._columns: dict[int, list[int]] = {}
        for event in self.program.events:
            self._columns.setdefault(event.thread, []).append(event.id)

    def injected(self, walks: Sequence[Walk], switches: Mapping[str, int], allows: Allows) -> Injected:
        """Give runs to the encoding, up to the first that it does not allow.

        Args:
            walks: the runs: each complete, or one that waits for good, of a text in which nothing faults or hits a bound.
            switches: the position of each switch in them.
            allows: asks the encoding under that setting.

        """
        whole = ends = 0
        for walk in walks:
            assert walk.outcome is not None
            try:
                allowed = self._allows(walk, walk.outcome, switches, allows)
                whole += bool(allowed)
            except UntraceableError:
                allowed = self.allows_end(walk.outcome, allows)
                ends += bool(allowed)
            if allowed is False:
                return Injected(whole, ends, f"the encoding does not allow a run of the text: one that ends with {shown(walk)}")
        return Injected(whole, ends)

    def courses(self, walk: Walk, switches: Mapping[str, int]) -> Iterator[Course]:
        """Yield every way in which the program can make a run, with equal threads in every order: the encoding has one.

        Raises:
            UntraceableError: the run cannot be followed.

        """
        assert walk.outcome is not None
        for course in self._retracing.courses(walk.trace, walk.outcome, self.runs.cpus, switches):
            for orders in product(*map(permutations, self._equals)):
                images = {
                    one: other
                    for threads, order in zip(self._equals, orders, strict=True)
                    for thread, image in zip(threads, order, strict=True)
                    if thread != image
                    for one, other in zip(self._columns[thread], self._columns[image], strict=True)
                }
                yield course.renamed(images) if images else course

    def _allows(self, walk: Walk, outcome: Outcome, switches: Mapping[str, int], allows: Allows) -> bool | None:
        ending = self._ending(outcome)
        courses = self.courses(walk, switches)
        for course in islice(courses, MOST_WAYS):
            literals = self._claims(course)
            allowed = False if literals is None else allows([*literals, *ending])
            if allowed is not False:
                return allowed
        if next(courses, None) is not None:
            raise UntraceableError("there are too many ways in which it may have been made")
        return False

    def allows_end(self, outcome: Outcome, allows: Allows) -> bool | None:
        """Return whether the encoding allows an execution that ends like a run; None if that cannot be said or found out."""
        state = self._state(outcome) if outcome.complete else None
        if state is None:
            return None
        literals = [self.encoding.observe(expr).get(value) for expr, value in state]
        known = [literal for literal in literals if literal is not None]
        return allows([self.encoding.complete, *known]) if len(known) == len(state) else False

    @cached_property
    def _retracing(self) -> Retracing:
        return Retracing(self.program, self.runs.words)

    @cached_property
    def _equals(self) -> tuple[tuple[int, ...], ...]:
        return exchangeable_threads(self.program)

    # ── as literals ──────────────────────────────────────────────────────────────────────────────────────────────────

    def _claims(self, course: Course) -> list[int] | None:
        """Return literals that say that an execution is a course; None where the encoding has ruled out something in it."""
        encoding = self.encoding
        literals: list[int | None] = []
        for event in self.program.events:
            if event.thread != INIT_THREAD and event.kind is not Kind.FENCE:
                executes = encoding.executes[event.id]
                literals.append(executes if event.id in course.executed else -executes)
        literals += [encoding.values.get(read, {}).get(value) for read, value in course.reads.items()]
        literals += [encoding.rf.get((write, read)) for read, write in course.rf.items()]
        for order in course.co:
            literals += [encoding.co.get((write, later)) for at, write in enumerate(order) for later in order[at + 1 :]]
        literals += [encoding.choices[number].get(value) for number, value in course.choices.items()]
        found = [literal for literal in literals if literal is not None]
        return found if len(found) == len(literals) else None

    def _ending(self, outcome: Outcome) -> list[int]:
        """Return literals that say how a run ends, and what it makes of properties and covers."""
        encoding, held = self.encoding, dict(outcome.holds)
        literals = [-encoding.bounded, encoding.complete if outcome.complete else -encoding.complete]
        literals += [literal if outcome.refutes(name) else -literal for name, literal in encoding.violated.items()]
        literals += [literal if held.get(name) else -literal for name, literal in encoding.covered.items()]
        # Of a loop in a property that hits its bound the run says None.
        literals += [literal if held.get(name, True) is None else -literal for name, literal in encoding.overrun.items()]
        for name, literal in encoding.reached.items():
            # An assert that no execution gets to need not be reached, and refutes where it is.
            if not outcome.refutes(name):
                literals.append(literal if name in outcome.reached else -literal)
        return literals

    def _state(self, outcome: Outcome) -> list[tuple[Expr, int]] | None:
        """Return the final state of a run as expressions and their values; None where one of them has no name."""
        pool, places = self.program.pool, self._retracing.places
        state: list[tuple[Expr, int]] = []
        # A register may be that of another thread that does the same.
        ghosts = () if self._equals else outcome.ghosts
        for name, shown in (*outcome.memory, *ghosts):
            value, word = places.value(shown), places.address(name)
            expr = self.program.ghosts.get(name) if word is None else pool.final(pool.const(word))
            if value is None or expr is None:
                return None
            state.append((expr, value))
        return state


def shown(walk: Walk) -> str:
    """Return the final state of a run in words."""
    assert walk.outcome is not None
    return ", ".join(f"{name} = {value}" for name, value in (*walk.outcome.ghosts, *walk.outcome.memory))

"""A program under a model as one CNF, with a name for every literal that matters.

Switches stay open: they are assumptions of each question, so one encoding answers for every variant of its scenario.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from gupproof.cat.terms import Model
from gupproof.encoding.axioms import Axioms
from gupproof.encoding.base import BaseRelations
from gupproof.encoding.cnf import Cnf
from gupproof.encoding.terms import Terms
from gupproof.program.events import CheckKind, Kind, Program, StopReason
from gupproof.program.expr import Expr, Op
from gupproof.relations.analysis import Analysis
from gupproof.relations.bounds import Bounds
from gupproof.relations.symmetry import exchangeable_threads


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoding:
    """The CNF and what its literals mean.

    Attributes:
        program: what was encoded.
        cnf: the CNF.
        switches: switch name → value → literal.
        choices: choice number → value → literal.
        executes: event → literal.
        addresses: access → address → literal.
        values: read event → value → literal.
        rf, co: pair of events → literal.
        violated: property → literal of "it fails": in a complete execution, or an assert of that name fails, or some
            access goes astray.
        covered: cover → literal of "it is reached in a complete execution".
        complete: no thread stopped early.
        flagged: flag of the model → literal that implies "the execution is complete, and marked by it"; empty unless wanted.
        bounded: some loop wants more rounds than its bound.
        overflows: some value leaves its type.
        observed: of each expression that was to be observed: value → literal.

    """

    program: Program
    cnf: Cnf
    switches: dict[str, dict[int, int]]
    choices: dict[int, dict[int, int]]
    executes: dict[int, int]
    addresses: dict[int, dict[int, int]]
    values: dict[int, dict[int, int]]
    rf: dict[tuple[int, int], int]
    co: dict[tuple[int, int], int]
    violated: dict[str, int]
    covered: dict[str, int]
    flagged: dict[str, int]
    complete: int
    bounded: int
    overflows: int
    observed: tuple[dict[int, int], ...] = ()

    @property
    def dimacs(self) -> str:
        """The CNF as DIMACS text."""
        return self.cnf.dimacs()

    @property
    def variables(self) -> int:
        """The number of its variables."""
        return self.cnf.variables

    @property
    def clauses(self) -> int:
        """The number of its clauses."""
        return len(self.cnf.clauses)


def encode(
    program: Program,
    model: Model,
    *,
    representatives: bool = False,
    flags: bool = False,
    observed: Sequence[Expr] = (),
) -> Encoding:
    """Encode the executions of ``program`` that ``model`` allows.

    Args:
        program: the program.
        model: the model.
        representatives: of executions that differ only in which of several equal threads is which, keep one. Whether a
            property is violated or a cover reached stays the same.
        flags: say what the model's flags mark as well.
        observed: expressions whose values are to have literals.

    Raises:
        GupError: values too many to enumerate, or a construct of the model that has no encoding.

    """
    cnf = Cnf()
    analysis = Analysis(program, model)
    bounds = Bounds(analysis)
    bounds.tighten(model.condensed)
    base = BaseRelations(cnf, analysis, bounds)
    truth = base.values.truth
    for constraint in program.constraints:
        cnf.add(truth(constraint))
    axioms = Axioms(Terms(base))
    axioms.require(model.condensed)
    raised = axioms.raised(model.condensed) if flags else {}
    if representatives:
        _rank_equal_threads(base)
    waits = [truth(stop.condition) for stop in program.stops if stop.reason is StopReason.WAITS]
    hits = [truth(stop.condition) for stop in program.stops if stop.reason is StopReason.BOUND]
    complete = cnf.conjunction([-literal for literal in (*waits, *hits)])

    def checks(kind: CheckKind, prop: str = "") -> list[int]:
        return [truth(item.violation) for item in program.checks if item.kind is kind and item.property == prop]

    faulty = cnf.disjunction(checks(CheckKind.FAULT))
    violated = {
        name: cnf.disjunction([cnf.conjunction([complete, -truth(holds)]), *checks(CheckKind.ASSERT, name), faulty])
        for name, holds in program.properties.items()
    }
    covered = {name: cnf.conjunction([complete, truth(reached)]) for name, reached in program.covers.items()}
    overflows = cnf.disjunction(checks(CheckKind.OVERFLOW))
    return Encoding(
        program=program,
        switches={name: base.values.of(expr) for name, expr in program.switches.items()},
        choices={expr.value: base.values.of(expr) for expr in _choices(program)},
        executes={event.id: base.executes(event.id) for event in program.events},
        addresses={
            event.id: base.values.of(event.address)
            for event in program.events
            if event.address is not None and analysis.live >> event.id & 1
        },
        values={
            event.id: base.values.of(event.value)
            for event in program.events
            if event.kind is Kind.READ and event.value is not None and analysis.live >> event.id & 1
        },
        rf=base.rf,
        co=base.co_edges(),
        violated=violated,
        covered=covered,
        flagged={name: cnf.conjunction([complete, literal]) for name, literal in raised.items()},
        complete=complete,
        bounded=cnf.disjunction(hits),
        overflows=overflows,
        observed=tuple(base.values.of(expr) for expr in observed),
        cnf=cnf,
    )


def _rank_equal_threads(base: BaseRelations) -> None:
    """Let exchangeable threads write some word in the order of their numbers; those that do not get there come last."""
    events = base.program.events
    for threads in exchangeable_threads(base.program):
        columns = [[event for event in events if event.thread == number] for number in threads]
        places = [place for place, event in enumerate(columns[0]) if event.kind is Kind.WRITE]
        certain = [place for place in places if _is_constant(columns[0][place].address)]
        if not certain:
            continue
        writes = [column[certain[0]].id for column in columns]
        for earlier, later in pairwise(writes):
            base.cnf.add(-base.executes(later), base.executes(earlier))
            base.cnf.add(-base.executes(later), base.co(earlier, later))


def _is_constant(expr: Expr | None) -> bool:
    return expr is not None and expr.op is Op.CONST


def _choices(program: Program) -> list[Expr]:
    return [expr for expr in program.pool.options if expr.op is Op.CHOICE]

"""A program under a model as one CNF, with a name for every literal that matters.

Switches stay open: they are assumptions of each question, so one encoding answers for every variant of its scenario.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gupproof.cat.terms import Model
from gupproof.diagnostics import Diagnostic, GupError
from gupproof.encoding.axioms import Axioms
from gupproof.encoding.base import BaseRelations
from gupproof.encoding.cnf import FALSE, Cnf
from gupproof.encoding.terms import Terms
from gupproof.program.events import CheckKind, Kind, Program, Stop, StopReason
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
        reached: property → literal of "some assert of it is looked at"; only those whose asserts have to be.
        stuck: some thread waits for what no other will do any more, and no thread ends otherwise early.
        observed: of each expression that was to be observed: value → literal.
        observe: returns the like of any other expression; the clauses that it takes are added to ``cnf``.

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
    overrun: dict[str, int]
    reached: dict[str, int]
    stuck: int
    observe: Callable[[Expr], dict[int, int]]
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
    if program.gp_order and "gp-order" not in model.named():
        raise GupError(
            Diagnostic(
                code="E004",
                message=f"scenario '{program.name}' waits for readers, and the model has no order for grace periods",
                help="use a model of spec/models, or make rcu-fence a part of this one's order",
            )
        )
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
    stopped = {stop: truth(stop.condition) for stop in program.stops}
    hits = [literal for stop, literal in stopped.items() if stop.reason is StopReason.BOUND]
    complete = cnf.conjunction([-literal for literal in stopped.values()])

    def checks(kind: CheckKind, prop: str = "") -> list[int]:
        return [truth(item.violation) for item in program.checks if item.kind is kind and item.property == prop]

    faulty = cnf.disjunction(checks(CheckKind.FAULT))
    violated = {
        name: cnf.disjunction([cnf.conjunction([complete, -truth(holds)]), *checks(CheckKind.ASSERT, name), faulty])
        for name, holds in program.properties.items()
    }
    covered = {name: cnf.conjunction([complete, truth(reached)]) for name, reached in program.covers.items()}
    overrun = {
        name: cnf.conjunction(
            [complete, cnf.disjunction([truth(item.condition) for item in program.overruns if item.of == name])]
        )
        for name in dict.fromkeys(item.of for item in program.overruns)
    }
    reached = {
        name: cnf.disjunction([truth(item.reached) for item in program.checks if item.property == name and item.reached])
        for name in dict.fromkeys(item.property for item in program.checks if item.reached)
    }
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
        overrun=overrun,
        reached=reached,
        stuck=_stuck(cnf, stopped, truth),
        observed=tuple(base.values.of(expr) for expr in observed),
        observe=base.values.of,
        cnf=cnf,
    )


def _stuck(cnf: Cnf, stopped: Mapping[Stop, int], truth: Callable[[Expr], int]) -> int:
    """Return the literal of "some thread waits, and each that stopped waits for good"."""
    waits = [literal for stop, literal in stopped.items() if stop.reason is StopReason.WAITS]
    if not waits:
        return FALSE
    for_good = []
    for stop, literal in stopped.items():
        lasts = stop.for_good if stop.reason is StopReason.WAITS else None
        for_good.append(cnf.disjunction([-literal, FALSE if lasts is None else truth(lasts)]))
    return cnf.conjunction([cnf.disjunction(waits), *for_good])


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

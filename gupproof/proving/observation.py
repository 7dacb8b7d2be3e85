"""Litmus tests judged: can the final condition happen, can its opposite, and what herd would say of that."""

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import lru_cache
from pathlib import Path

from gupproof.cat.grounding import ungrounded
from gupproof.cat.terms import Model
from gupproof.diagnostics import GupError, read_source
from gupproof.litmus import aarch64, riscv
from gupproof.litmus.form import Litmus, Quantifier
from gupproof.litmus.frame import Unsupported, read_assembly
from gupproof.litmus.kernel.form import KernelTest
from gupproof.litmus.kernel.lower import lower_observed_kernel_c
from gupproof.litmus.kernel.reader import is_kernel_c, read_kernel_c
from gupproof.litmus.lower import ARCHITECTURES, architecture_of, lower_observed
from gupproof.litmus.outcome import CONDITION, FAULTS, Lowered
from gupproof.litmus.picks import Picks
from gupproof.program.events import Program
from gupproof.proving.platforms import (
    AS_IT_STANDS,
    Platform,
    Reading,
    model_of,
    names_known_to,
    platforms,
    sets_named,
    target_of,
)
from gupproof.proving.questions import Questions, encoded
from gupproof.proving.states import COUNTED, States, states_of
from gupproof.proving.workers import workers
from gupproof.resources import models_dir
from gupproof.solving.solver import Outcome, Solver

LARGEST = 200_000  # bytes of a test
KERNEL_MODEL = "lkmm"

# Files of Arm's dependencies that ours are read in place of, and the instructions that choose between values.
_DEPENDENCIES = frozenset({"addr", "data", "ctrl"})
_OWN_DEPENDENCIES = frozenset({"aarch64deps.cat", "aarch64-deps.cat"})
_SELECTS = re.compile(r"\s*(CAS|CSEL|CSINC|CSINV|CSNEG|CSET|CINC|CINV|CNEG)", re.IGNORECASE)
_ONE_EVENT = "riscv-defs.cat"
_REGISTER = re.compile(r"\bP?(\d+)\s*:\s*([A-Za-z]\w*)")


class Observation(Enum):
    """How often the condition holds in the executions that the model allows."""

    NEVER = "Never"
    SOMETIMES = "Sometimes"
    ALWAYS = "Always"
    UNKNOWN = "Unknown"  # a limit was hit
    UNSUPPORTED = "Unsupported"  # the test is outside what is judged


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What was found out about one test.

    Attributes:
        path: of the file.
        name: of the test; empty if the file could not be read so far.
        model: it was judged under.
        observation: see there.
        ok: herd's ``Ok``: the condition, with its quantifier, is true of the model; None if that was not decided.
        loop: whether a loop may run more often than it was unrolled.
        flags: of the model that mark some execution: a data race, say. Without an answer, with a question mark.
        watched: every flag that the model has.
        stuck: whether no execution comes to its end: the threads wait for each other whatever happens.
        reason: why it is unsupported or unknown.
        seconds: from text to verdict, states included.
        quantifier, condition: the final condition, the latter as written; None and empty if the file could not be read so far.
        states: its final states, if they are wanted and it has a verdict.

    """

    path: str
    name: str
    model: str
    observation: Observation
    ok: bool | None
    loop: bool
    flags: tuple[str, ...]
    watched: tuple[str, ...]
    stuck: bool
    reason: str
    seconds: float
    quantifier: Quantifier | None = None
    condition: str = ""
    states: States | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """How tests are to be judged.

    Attributes:
        model: name or path of the memory model; None for the architecture's own.
        unroll: how often a backward jump is followed.
        timeout: seconds of solving for each question.
        reading: how the model's files are read.
        most_states: how many final states are listed at most; 0 for none.

    """

    model: str | None
    unroll: int
    timeout: float
    reading: Reading = AS_IT_STANDS
    most_states: int = 0


def judge(path: Path, request: Request) -> Judgement:
    """Judge one test.

    Raises:
        GupError: the file is no litmus test, or the model cannot be used.

    """
    started = time.perf_counter()
    test: Litmus | KernelTest | None = None
    model = request.model or ""
    try:
        test = read_test(path)
        model = request.model or own_model(test)
        seen = _observe(test, platform_of(model), request)
    except Unsupported as problem:
        seen = _Seen(Observation.UNSUPPORTED, reason=str(problem))
    return Judgement(
        path=str(path),
        name=test.name if test else path.stem,
        model=model,
        observation=seen.observation,
        ok=seen.ok,
        loop=seen.loop,
        flags=seen.flags,
        watched=seen.watched,
        stuck=seen.stuck,
        reason=seen.reason,
        seconds=time.perf_counter() - started,
        quantifier=test.quantifier if test else None,
        condition=shown_condition(test) if test else "",
        states=seen.states,
    )


def read_test(path: Path) -> Litmus | KernelTest:
    """Read a test, in assembly or kernel C.

    Raises:
        GupError: it is none.
        Unsupported: it is outside what is judged.

    """
    text = read_source(path, kind="a litmus test", limit=LARGEST)
    return read_kernel_c(text, str(path)) if is_kernel_c(text) else read_assembly(text, str(path))


def own_model(test: Litmus | KernelTest) -> str:
    """Return the model that a test is judged under where none is asked for."""
    return architecture_of(test).model if isinstance(test, Litmus) else KERNEL_MODEL


def shown_condition(test: Litmus | KernelTest) -> str:
    """Return the final condition on one line, its registers by the names that herd7 prints."""
    if isinstance(test, KernelTest):
        return test.final
    shown = architecture_of(test).shown
    return _REGISTER.sub(lambda found: f"{found[1]}:{shown(found[2])}", test.final)


@lru_cache(maxsize=16)
def platform_of(name: str) -> Platform:
    """Look a model up once for all tests; assembly brings its own instructions, so any of the model's targets will do."""
    return platforms(name)[0]


def lowered(test: Litmus | KernelTest, platform: Platform, unroll: int, reading: Reading) -> Lowered:
    """Unroll a test for a platform, whose model is read so.

    Raises:
        GupError: the test names what it does not have.
        Unsupported: it has what is not handled.

    """
    if isinstance(test, KernelTest):
        return lower_observed_kernel_c(test, target_of(platform), unroll=unroll)
    return lower_observed(test, unroll=unroll, picks=_picks(test, model_of(platform, reading)))


@dataclass(frozen=True, slots=True)
class _Seen:
    """The part of a judgement that the model decides."""

    observation: Observation
    ok: bool | None = None
    loop: bool = False
    flags: tuple[str, ...] = ()
    watched: tuple[str, ...] = ()
    stuck: bool = False
    reason: str = ""
    states: States | None = None


def _observe(test: Litmus | KernelTest, platform: Platform, request: Request) -> _Seen:
    made = lowered(test, platform, request.unroll, request.reading)
    program, listed = made.program, request.most_states > 0
    if listed:
        program = replace(program, covers={**program.covers, COUNTED: made.counts})
    model = model_of(platform, request.reading)
    if isinstance(test, Litmus):
        _check_tags(test, program, platform, request.reading)
        _check_amos(test, model)
    encoding, undecided = encoded(program, model, [item.expr for item in made.observed] if listed else ())
    questions = Questions(encoding, model, Solver(encoding.cnf))

    def ask(*literals: int, **claim: str) -> Outcome:
        return questions.ask(*literals, timeout=request.timeout, **claim).outcome

    if FAULTS in encoding.violated and ask(encoding.violated[FAULTS], refutes=FAULTS) is not Outcome.UNSAT:
        raise Unsupported("address: an access may go outside of every location")
    some = ask(encoding.covered[CONDITION], reaches=CONDITION)
    other = ask(encoding.violated[CONDITION], refutes=CONDITION)
    loop = ask(encoding.bounded) is not Outcome.UNSAT
    if Outcome.UNKNOWN in (some, other):
        reason = f"no answer within {request.timeout:g} s; allow more with --timeout"
        return _Seen(Observation.UNKNOWN, loop=loop, reason=reason)
    # What a filter leaves out raises no flag either: an execution that counts meets the condition, or its opposite.
    filtered = test.filter is not None
    counted = [[encoding.covered[CONDITION]], [encoding.violated[CONDITION]]] if filtered else [[]]
    flags = [
        (name, _either([ask(literal, *others, raises=name) for others in counted]))
        for name, literal in encoding.flagged.items()
    ]
    possible, avoidable = some is Outcome.SAT, other is Outcome.SAT
    observation = Observation.ALWAYS if not avoidable else Observation.SOMETIMES
    if not possible:
        observation = Observation.NEVER
    ok = {Quantifier.EXISTS: possible, Quantifier.NOT_EXISTS: not possible, Quantifier.FORALL: not avoidable}[test.quantifier]
    marks = tuple(f"{name}{'?' * (found is Outcome.UNKNOWN)}" for name, found in flags if found is not Outcome.UNSAT)
    watched = tuple(dict.fromkeys(axiom.name for axiom in model.axioms if axiom.flag))
    marks += tuple(f"{name}?" for name in undecided)
    # Last, for each state found is ruled out from then on.
    states = states_of(made, questions, timeout=request.timeout, most=request.most_states) if listed else None
    return _Seen(observation, ok, loop, marks, watched, stuck=not possible and not avoidable, states=states)


def _picks(test: Litmus, model: Model) -> Picks:
    """Return what dependencies come of a conditional selection or CAS under a model.

    Arm's manual has had pick dependencies since 2022. A file that speaks of dependencies and has no word for these is from
    before. Of one that is herd's, herd7 says which they are; others (Dartagnan's) do not judge a test that selects.

    Raises:
        Unsupported: the file is such another one, and the test selects.

    """
    if test.arch not in aarch64.ARCHES or Path(model.path).parent == models_dir():
        return Picks.ORDERED
    if not _DEPENDENCIES & ungrounded(model).named():
        return Picks.ORDERED
    if any("pick-" in text for path, text in model.sources.items() if Path(path).name not in _OWN_DEPENDENCIES):
        return Picks.ORDERED
    if model.is_herds:
        return Picks.COMPARED if _OWN_DEPENDENCIES.isdisjoint(model.standins) else Picks.NOTHING
    for line in (line for thread in test.threads for line in thread):
        if _SELECTS.match(line.text):
            raise Unsupported(f"model: {model.name} says nothing of pick dependencies, and '{line.text}' may make some")
    return Picks.ORDERED


def _check_amos(test: Litmus, model: Model) -> None:
    """See to it that an AMO of RISC-V can be one event, as in herd: here it is a read and a write.

    Raises:
        Unsupported: the model is herd's, it has no words for that (``riscv-defs.cat``), and the test has an AMO.

    """
    if test.arch not in riscv.ARCHES or not model.is_herds or any(Path(path).name == _ONE_EVENT for path in model.sources):
        return
    for line in (line for thread in test.threads for line in thread):
        if line.text.lower().startswith("amo"):
            raise Unsupported(f"model: '{line.text}' is one event in {model.name}, and two here")


def _check_tags(test: Litmus, program: Program, platform: Platform, reading: Reading) -> None:
    """See to it that a model knows the instructions of a test: of one that it has no word for it would keep no order.

    A model whose constraints name no instruction at all means the same of each (as ``sc``).

    Raises:
        Unsupported: it does not.

    """
    architecture, named = architecture_of(test), sets_named(platform, reading)
    spoken = model_of(platform, reading).named(flags=False) & names_known_to(platform)
    if not spoken:
        return
    if not spoken & frozenset().union(*(item.tags for item in ARCHITECTURES)):
        raise Unsupported(f"model: {platform.model} speaks of {min(spoken)} and its like, which no instruction is")
    emitted = dict.fromkeys(tag for event in program.events if event.thread >= 0 for tag, _ in event.tags)
    unknown = [tag for tag in emitted if tag in architecture.tags - architecture.unordered - named]
    if unknown:
        raise Unsupported(f"model: {platform.model} says nothing of {', '.join(unknown)}, which this test has")


def _either(outcomes: Sequence[Outcome]) -> Outcome:
    """Return what is known of one question or another: possible if one is, not known if one is not."""
    return next((item for item in (Outcome.SAT, Outcome.UNKNOWN) if item in outcomes), Outcome.UNSAT)


def judge_all(paths: Sequence[Path], request: Request, *, jobs: int) -> Iterator[Judgement | GupError]:
    """Yield a judgement (or what is wrong with the file) for each test, in order, as they are found."""
    if jobs <= 1 or len(paths) <= 1:
        for path in paths:
            yield _judged(path, request)
        return
    with workers(min(jobs, len(paths))) as executor:
        chunk = max(1, min(25, len(paths) // (4 * jobs)))
        yield from executor.map(_judged, paths, [request] * len(paths), chunksize=chunk)


def _judged(path: Path, request: Request) -> Judgement | GupError:
    try:
        return judge(path, request)
    except GupError as error:
        return error

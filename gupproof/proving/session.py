"""One scenario on one platform: encoded once, asked for every property, cover and setting of its switches."""

import time
from collections.abc import Mapping, Sequence
from functools import cached_property

from gupproof.cat.terms import Model
from gupproof.execution.replay import Replay
from gupproof.execution.story import tell
from gupproof.language import typed
from gupproof.program.events import CheckKind, Program, StopReason
from gupproof.program.scenario import lower
from gupproof.proving.ending import ending
from gupproof.proving.injection import Injected, Injection, machine_of, shown
from gupproof.proving.platforms import AS_IT_STANDS, Platform, Reading, model_of, target_of
from gupproof.proving.questions import Finding, Questions, encoded
from gupproof.proving.result import Obligation, Result, Verdict
from gupproof.proving.runs import runs_of
from gupproof.solving.solver import Outcome as Answer
from gupproof.solving.solver import Solver

_UNREACHED = "holds, but no execution gets to an assert of it"


class Session:
    """A scenario under a model, ready for questions.

    Args:
        unit: the file of the scenario.
        scenario: its name.
        platform: model and target.
        fixed: switches that have one value in every question.
        reading: how the model's files are read.

    Raises:
        GupError: the scenario cannot be unrolled or encoded.

    """

    def __init__(
        self,
        unit: typed.Unit,
        scenario: str,
        platform: Platform,
        fixed: Mapping[str, int],
        reading: Reading = AS_IT_STANDS,
    ) -> None:
        started = time.perf_counter()
        self.unit, self.scenario = unit, unit.scenarios[scenario]
        self.model: Model = model_of(platform, reading)
        self.platform = platform
        self.program: Program = lower(unit, unit.scenarios[scenario], target_of(platform), fixed=fixed)
        self.encoding, self.undecided = encoded(self.program, self.model)
        self.stuck: dict[tuple[int, ...], str] = {}  # likewise → the remark on executions that never end
        self.flags: dict[tuple[int, ...], tuple[str, ...]] = {}  # the literals of a setting → what the model flags under it
        self.allowed: dict[tuple[int, ...], Injected] = {}  # likewise → what became of runs
        self._clauses = 0  # that the solver knows
        self.build_seconds = time.perf_counter() - started

    @cached_property
    def questions(self) -> Questions:
        """What is asked of the encoding as it is at the first question."""
        self._clauses = len(self.encoding.cnf.clauses)
        return Questions(self.encoding, self.model, Solver(self.encoding.dimacs))

    @cached_property
    def injection(self) -> Injection:
        """Gives the encoding runs of the text."""
        return Injection(self.encoding, runs_of(self.unit, self.scenario, machine_of(self.platform.model)))

    @property
    def solver(self) -> Solver:
        """What answers, with the clauses that the encoding has got since the first question."""
        solver, clauses = self.questions.solver, self.encoding.cnf.clauses
        for clause in clauses[self._clauses :]:
            solver.add(*clause)
        self._clauses = len(clauses)
        return solver

    def in_earnest(self, obligation: Obligation, setting: Sequence[int], *, timeout: float) -> tuple[Verdict, str]:
        """Return whether what holds under a setting of open switches holds of anything: proved or vacuous, and why.

        Args:
            obligation: whose property holds there; its own switches do not count.
            setting: literals of the encoding.
            timeout: seconds, past which the verdict is unknown.

        """
        question = _Question(self, obligation, time.perf_counter() + timeout, timeout, setting)
        verdict, reason, _ = question._covers()
        return verdict, reason

    def judge(self, obligation: Obligation, *, timeout: float, runs: int = 0) -> Result:
        """Return the verdict on ``obligation``, within ``timeout`` seconds of solving.

        A proof has to allow ``runs`` runs of the text itself; one that it does not is an internal error.
        """
        started = time.perf_counter()
        question = _Question(self, obligation, started + timeout, timeout)
        verdict, reason, finding = question.decide()
        injected = Injected()
        if verdict is Verdict.PROVED and runs:
            injected = question.inject(runs)
            if injected.problem:
                verdict, reason = Verdict.ERROR, injected.problem
        found = finding.replay if finding else None
        return Result(
            obligation=obligation,
            verdict=verdict,
            reason=reason,
            remark=question.remark,
            runs=injected.whole,
            ends=injected.ends,
            internal=verdict is Verdict.ERROR,
            flags=question.flags,
            reached=tuple(question.reached.items()),
            seconds=time.perf_counter() - started,
            build_seconds=self.build_seconds,
            events=len(self.program.events),
            variables=self.encoding.variables,
            clauses=self.encoding.clauses,
            execution=finding.execution if finding else None,
            story=tell(self.program, self.model, found) if found is not None else (),
            final=ending(self.program, self.scenario, found, obligation.property) if found is not None else (),
        )


class _Question:
    def __init__(
        self,
        session: Session,
        obligation: Obligation,
        deadline: float,
        timeout: float,
        setting: Sequence[int] | None = None,
    ) -> None:
        self.session = session
        self.obligation = obligation
        self.deadline = deadline
        self.timeout = timeout
        self.reached: dict[str, bool | None] = {}
        self.flags: tuple[str, ...] = ()
        self.remark = ""
        encoding = session.encoding
        if setting is None:
            setting = [encoding.switches[name][value] for name, value in obligation.values if name in encoding.switches]
        self.setting = list(setting)

    def decide(self) -> tuple[Verdict, str, Finding | None]:
        encoding, name = self.session.encoding, self.obligation.property
        finding = self.session.questions.find([*self.setting, encoding.violated[name]], self._left(), refutes=name)
        if finding.problem and finding.outcome is Answer.SAT:
            return Verdict.ERROR, f"a refutation did not stand up to its re-check: {finding.problem}", None
        if finding.replay is not None:
            return Verdict.REFUTED, why(finding.replay, name), finding
        if finding.outcome is Answer.UNKNOWN:
            return self._gave_up(f"property {name}", finding)
        limit = self._limit_hit()
        if limit:
            return Verdict.UNKNOWN, limit, None
        answer = self._flags() or self._covers()
        if answer[0] is Verdict.PROVED:
            self.remark = self._stuck()
        return answer

    def _flags(self) -> tuple[Verdict, str, None] | None:
        """Find what the model flags under these switches; an answer if that cannot be found out."""
        encoding, session = self.session.encoding, self.session
        if session.undecided:
            return Verdict.UNKNOWN, f"whether the model flags it cannot be decided: {', '.join(session.undecided)}", None
        known = session.flags.get(tuple(self.setting))
        raised = []
        for name, literal in encoding.flagged.items() if known is None else ():
            finding = session.questions.find([*self.setting, literal], self._left(), raises=name)
            if finding.outcome is Answer.SAT and finding.problem:
                return Verdict.ERROR, f"a flag did not stand up to its re-check: {finding.problem}", None
            if finding.outcome is Answer.UNKNOWN:
                return self._gave_up(f"flag {name}", finding)
            if finding.outcome is Answer.SAT:
                raised.append(name)
        self.flags = session.flags[tuple(self.setting)] = tuple(raised) if known is None else known
        return None

    def _limit_hit(self) -> str:
        return self._exceeds(self.session.encoding.bounded) or self._overruns(self.obligation.property)

    def _overruns(self, name: str) -> str:
        """Return why a property or cover is not known everywhere, because loops of its own may run on; empty if they do not."""
        literal = self.session.encoding.overrun.get(name)
        return "" if literal is None else self._exceeds(literal, name)

    def _exceeds(self, literal: int, name: str = "") -> str:
        finding = self.session.questions.find([*self.setting, literal], self._left())
        if finding.outcome is Answer.UNSAT:
            return ""
        if finding.replay is not None:
            return bound_reason(finding.replay, name)
        return self._gave_up("whether a bound is hit", finding)[1]

    def _covers(self) -> tuple[Verdict, str, Finding | None]:
        encoding = self.session.encoding
        missing = []
        for cover in self.obligation.covering:
            finding = self.session.questions.find([*self.setting, encoding.covered[cover]], self._left(), reaches=cover)
            if finding.outcome is Answer.SAT and finding.problem:
                return Verdict.ERROR, f"a cover did not stand up to its re-check: {finding.problem}", None
            if finding.outcome is Answer.UNKNOWN:
                self.reached[cover] = None
                return self._gave_up(f"cover {cover}", finding)
            self.reached[cover] = finding.outcome is Answer.SAT
            if finding.outcome is Answer.UNSAT:
                limit = self._overruns(cover)
                if limit:
                    self.reached[cover] = None
                    return Verdict.UNKNOWN, limit, None
                missing.append(cover)
        if not self.obligation.covering and self._never_ends():
            return (
                Verdict.VACUOUS,
                "holds, but no execution comes to an end: threads wait for ever, or what is assumed never holds",
                None,
            )
        if missing:
            return Verdict.VACUOUS, f"holds, but cannot happen: {', '.join(missing)}", None
        return self._asserts() or (Verdict.PROVED, "", None)

    def _asserts(self) -> tuple[Verdict, str, None] | None:
        """Find whether some execution looks at an assert of the property; an answer if none does, or that is not found out."""
        name = self.obligation.property
        if name not in self.session.program.asserted:
            return None
        literal = self.session.encoding.reached.get(name)
        if literal is None:
            return Verdict.VACUOUS, _UNREACHED, None
        finding = self.session.questions.find([*self.setting, literal], self._left())
        if finding.replay is not None and not finding.replay.gets_to(name):
            return Verdict.ERROR, "an execution that gets to an assert did not stand up to its re-check", None
        if finding.outcome is Answer.SAT and finding.problem:
            return (
                Verdict.ERROR,
                f"an execution that gets to an assert did not stand up to its re-check: {finding.problem}",
                None,
            )
        if finding.outcome is Answer.UNKNOWN:
            return self._gave_up("whether an assert is reached", finding)
        if finding.outcome is Answer.UNSAT:
            return Verdict.VACUOUS, _UNREACHED, None
        return None

    def inject(self, count: int) -> Injected:
        """Give runs of the text to the encoding, once under each setting."""
        session, switches = self.session, dict(self.obligation.values)
        made = session.injection.runs.made(switches, count)
        for walk in made:
            if walk.outcome is not None and walk.outcome.refutes(self.obligation.property):
                return Injected(problem=f"a run of the text refutes what was proved: it ends with {shown(walk)}")
        key = tuple(self.setting)
        if key not in session.allowed:
            session.allowed[key] = session.injection.injected(made, switches, self.allows)
        return session.allowed[key]

    def allows(self, literals: Sequence[int]) -> bool | None:
        """Return whether there is an execution in which literals hold; None if that was not found out."""
        outcome = self.session.solver.ask([*self.setting, *literals], (), timeout=self._left()).outcome
        return None if outcome is Answer.UNKNOWN else outcome is Answer.SAT

    def _stuck(self) -> str:
        """Return a remark on executions that never end, where there are any."""
        session = self.session
        known = session.stuck.get(tuple(self.setting))
        if known is None:
            known = session.stuck[tuple(self.setting)] = self._find_stuck()
        return known

    def _find_stuck(self) -> str:
        finding = self.session.questions.find([*self.setting, self.session.encoding.stuck], self._left())
        if finding.outcome is Answer.UNKNOWN:
            return "whether some executions never end was not found out"
        if finding.replay is None or not finding.replay.stuck:
            return ""
        places = dict.fromkeys(str(stop.span.place) for stop in finding.replay.events.stops)
        return f"some executions never end: they wait for ever at {', '.join(places)}"

    def _never_ends(self) -> bool:
        """Whether a property of final states holds because there are none, where no cover would tell."""
        encoding, program = self.session.encoding, self.session.program
        if not (program.stops or program.constraints) or program.properties[self.obligation.property] is program.pool.true:
            return False
        finding = self.session.questions.find([*self.setting, encoding.complete], self._left())
        return finding.outcome is Answer.UNSAT

    def _left(self) -> float:
        return max(0.001, self.deadline - time.perf_counter())

    def _gave_up(self, what: str, finding: Finding) -> tuple[Verdict, str, None]:
        detail = finding.problem or "no answer"
        if "timeout" in detail or "canceled" in detail:
            detail = f"no answer within {self.timeout:g} s; allow more with --timeout"
        return Verdict.UNKNOWN, f"{what}: {detail}", None


def why(found: Replay, name: str) -> str:
    """Return in a line how an execution refutes a property."""
    for check in found.events.violations:
        if check.kind is not CheckKind.ASSERT or check.property == name:
            return f"{check.message} at {check.span.place}"
    return f"{name} fails in the final state"


def bound_reason(found: Replay, *names: str) -> str:
    """Return what an execution leaves open in which a loop wants more rounds than its bound, in code or in what is asked."""
    spans = [stop.span for stop in found.events.stops if stop.reason is StopReason.BOUND]
    spans += [item.span for name in names for item in found.overruns(name)]
    where = spans[0].place if spans else "?"
    return f"holds within bounds, but the loop at {where} may run more often: raise its bound"

"""Programs built by hand, for tests of what works on programs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from gupproof.diagnostics import Span
from gupproof.program.events import (
    INIT_THREAD,
    Check,
    CheckKind,
    Dependency,
    Event,
    Kind,
    Location,
    Program,
    Stop,
    StopReason,
    ThreadInfo,
)
from gupproof.program.expr import Expr, ExprPool, Op

Number = int | Expr


class Build:
    """``Build(x=0, y=0)``: locations with their initial values, at 64, 128, ...; threads follow one after the other."""

    def __init__(self, **initial: int) -> None:
        self.pool = ExprPool()
        self.address = {name: 64 * position for position, name in enumerate(initial, start=1)}
        self.pool.locations = frozenset(self.address.values())
        self.events: list[Event] = []
        self.threads: list[ThreadInfo] = []
        self.switches: dict[str, Expr] = {}
        self.constraints: list[Expr] = []
        self.stops: list[Stop] = []
        self.checks: list[Check] = []
        self.properties: dict[str, Expr] = {}
        self.covers: dict[str, Expr] = {}
        self.ghosts: dict[str, Expr] = {}
        for name, value in initial.items():
            self.event(
                Kind.WRITE,
                INIT_THREAD,
                address=self.const(self.address[name]),
                value=self.const(value),
                text=f"{name} = {value}",
            )

    def const(self, value: Number) -> Expr:
        return self.pool.const(value) if isinstance(value, int) else value

    def event(self, kind: Kind, thread: int, **parts: object) -> Event:
        number = len(self.events)
        parts.setdefault("guard", self.pool.true)
        parts.setdefault("span", Span("test.gup", number + 1, 1, number + 1, 2))
        event = Event(id=number, thread=thread, kind=kind, **parts)  # type: ignore[arg-type]
        self.events.append(event)
        return event

    def thread(self, name: str = "") -> "ThreadBuild":
        self.threads.append(ThreadInfo(name or f"P{len(self.threads)}"))
        return ThreadBuild(self, len(self.threads) - 1)

    def op(self, op: Op, *args: Number) -> Expr:
        return self.pool.make(op, *map(self.const, args))

    def eq(self, a: Number, b: Number) -> Expr:
        return self.op(Op.EQ, a, b)

    def all(self, *conditions: Expr) -> Expr:
        return self.pool.land(*conditions)

    def final(self, name: str) -> Expr:
        return self.pool.final(self.const(self.address[name]))

    def switch(self, name: str, *options: int) -> Expr:
        self.switches[name] = self.pool.config(name, options or (0, 1))
        return self.switches[name]

    def program(self, name: str = "test", type_name: str = "int", types: dict[str, str] | None = None) -> Program:
        kinds = types or {}
        return Program(
            name=name,
            target="test",
            pool=self.pool,
            threads=tuple(self.threads),
            events=tuple(self.events),
            locations=tuple(Location(where, what, kinds.get(what, type_name)) for what, where in self.address.items()),
            switches=self.switches,
            constraints=tuple(self.constraints),
            stops=tuple(self.stops),
            checks=tuple(self.checks),
            properties=self.properties,
            covers=self.covers,
            ghosts=self.ghosts,
        )


class ThreadBuild:
    """One thread; ``addr``, ``data`` and ``ctrl`` name the reads depended on, by what they read."""

    def __init__(self, build: Build, number: int) -> None:
        self.build = build
        self.number = number
        self.guard = build.pool.true
        self.ctrl: tuple[Expr, ...] = ()

    @contextmanager
    def when(self, condition: Expr, *sources: Expr) -> Iterator[None]:
        """Everything inside is guarded by ``condition``, with control dependencies on ``sources``."""
        before = self.guard, self.ctrl
        self.guard, self.ctrl = self.build.pool.land(self.guard, condition), (*self.ctrl, *sources)
        yield
        self.guard, self.ctrl = before

    def _common(self, tags: Sequence[str], addr: Sequence[Expr], data: Sequence[Expr], guard: Expr | None) -> dict[str, object]:
        true = self.build.pool.true

        def dependencies(sources: Sequence[Expr]) -> tuple[Dependency, ...]:
            return tuple(Dependency(source.value, true) for source in sources)

        return {
            "guard": self.build.pool.land(self.guard, guard or true),
            "tags": tuple((tag, true) for tag in tags),
            "addr": dependencies(addr),
            "data": dependencies(data),
            "ctrl": dependencies(self.ctrl),
        }

    def _address(self, where: str | Expr) -> Expr:
        return self.build.const(self.build.address[where]) if isinstance(where, str) else where

    def read(self, where: str | Expr, *tags: str, addr: Sequence[Expr] = (), guard: Expr | None = None) -> Expr:
        number = len(self.build.events)
        value = self.build.pool.read(number)
        common = self._common(tags, addr, (), guard)
        self.build.event(Kind.READ, self.number, address=self._address(where), value=value, text=f"READ {where}", **common)
        return value

    def write(
        self,
        where: str | Expr,
        value: Number,
        *tags: str,
        addr: Sequence[Expr] = (),
        data: Sequence[Expr] = (),
        guard: Expr | None = None,
        rmw: Expr | None = None,
        part_of: Expr | None = None,
    ) -> int:
        common = self._common(tags, addr, data, guard)
        event = self.build.event(
            Kind.WRITE,
            self.number,
            address=self._address(where),
            value=self.build.const(value),
            rmw=rmw.value if rmw is not None else None,
            part_of=part_of.value if part_of is not None else None,
            text=f"WRITE {where} = {value}",
            **common,
        )
        return event.id

    def fence(self, *tags: str) -> int:
        return self.build.event(Kind.FENCE, self.number, text="fence", **self._common(tags, (), (), None)).id

    def add(self, where: str, amount: int, read: Sequence[str] = (), write: Sequence[str] = ()) -> Expr:
        """An atomic addition; returns the old value."""
        old = self.read(where, *read)
        self.write(where, self.build.op(Op.ADD, old, amount), *write, data=[old], rmw=old, part_of=old)
        return old

    def wait(self, condition: Expr) -> None:
        """Go on only where ``condition`` holds."""
        span = Span("test.gup", len(self.build.events), 1, len(self.build.events), 2)
        blocked = self.build.pool.land(self.guard, self.build.pool.negation(condition))
        self.build.stops.append(Stop(StopReason.WAITS, blocked, span))
        self.guard = self.build.pool.land(self.guard, condition)

    def check(self, condition: Expr, name: str = "asserts", kind: CheckKind = CheckKind.ASSERT) -> None:
        """Assert ``condition``."""
        violation = self.build.pool.land(self.guard, self.build.pool.negation(condition))
        self.build.checks.append(Check(kind, violation, "wrong", Span("test.gup", 1, 1, 1, 2), name))
        if kind is CheckKind.ASSERT:
            self.build.properties.setdefault(name, self.build.pool.true)

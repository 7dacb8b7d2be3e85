"""Random programs of a handful of events, for models that forbid little: everything an event can carry, in few events."""

from dataclasses import replace
from random import Random

from gupproof.program.events import Dependency
from gupproof.program.expr import Expr, Op
from tests.support.programs import Build, ThreadBuild

READ_TAGS, WRITE_TAGS, FENCES = ("A", "X"), ("L", "X"), ("DMB.ISH", "ISB")


def tiny_program(random: Random) -> Build:
    """Build two or three threads of up to six accesses in all; every location is accessed by some thread."""
    build = Build(x=0, y=random.choice((0, 128, 64)))
    writer = _Writer(random, build)
    left = random.randint(3, 6)
    while left > 0:
        count = min(left, random.randint(1, 3))
        writer.thread(count)
        left -= count
    thread = build.thread()
    for name in build.address:
        if name not in writer.touched:
            thread.read(name)
    return build


class _Writer:
    def __init__(self, random: Random, build: Build) -> None:
        self.random = random
        self.build = build
        self.choices: list[Expr] = []
        self.touched: set[str] = set()

    def thread(self, count: int) -> None:
        thread = self.build.thread()
        reads: list[Expr] = []
        for _ in range(count):
            self.step(thread, reads)

    def place(self) -> str:
        name = self.random.choice(("x", "x", "y"))
        self.touched.add(name)
        return name

    def condition(self, reads: list[Expr]) -> tuple[Expr, tuple[Expr, ...]]:
        """Something that may or may not hold, and what it was read from."""
        random, pool = self.random, self.build.pool
        if reads and random.random() < 0.7:
            source = random.choice(reads)
            return self.build.eq(source, random.choice((0, 1, 64))), (source,)
        if not self.choices or random.random() < 0.3:
            self.choices.append(pool.choice(len(self.choices), (0, 1)))
        return random.choice(self.choices), ()

    def tags(self, names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(name for name in names if self.random.random() < 0.3)

    def step(self, thread: ThreadBuild, reads: list[Expr]) -> None:
        random, build = self.random, self.build
        kind = random.choice("RRWWWWMMFBBPPT")
        source = random.choice(reads) if reads and random.random() < 0.4 else None
        if kind == "R":
            reads.append(thread.read(self.place(), *self.tags(READ_TAGS)))
        elif kind == "W":
            value = random.choice((build.op(Op.ADD, source, 1), source)) if source is not None else random.choice((1, 2, 64))
            thread.write(self.place(), value, *self.tags(WRITE_TAGS), data=(source,) if source is not None else ())
        elif kind == "M":
            where = self.place()
            old = thread.read(where, *self.tags(READ_TAGS))
            success = build.eq(old, random.randint(0, 1)) if random.random() < 0.5 else build.pool.true
            new = random.choice((build.op(Op.ADD, old, 1), build.const(2)))
            thread.write(where, new, *self.tags(WRITE_TAGS), guard=success, rmw=old)
            reads.append(old)
        elif kind == "F":
            thread.fence(random.choice(FENCES))
        elif kind == "B":
            condition, sources = self.condition(reads)
            with thread.when(build.pool.truth(condition), *sources):
                self.step(thread, [*reads])
            if random.random() < 0.3:
                with thread.when(build.pool.negation(build.pool.truth(condition)), *sources):
                    self.step(thread, [*reads])
        elif kind == "P":
            pointer = thread.read(self.place(), *self.tags(READ_TAGS))
            # Astray goes no further: what follows has the guard too, but no dependency for it.
            thread.guard = build.pool.land(thread.guard, build.pool.valid(pointer))
            if random.random() < 0.4:
                reads.append(thread.read(pointer, *self.tags(READ_TAGS), addr=(pointer,)))
            else:
                thread.write(pointer, random.choice((1, 128)), *self.tags(WRITE_TAGS), addr=(pointer,))
        else:
            self.conditional(thread, reads)

    def conditional(self, thread: ThreadBuild, reads: list[Expr]) -> None:
        """A write whose tag and data dependency hold only sometimes."""
        build, pool = self.build, self.build.pool
        condition, sources = self.condition(reads)
        truth = pool.truth(condition)
        value = pool.make(Op.ITE, truth, sources[0], build.const(1)) if sources else build.const(1)
        number = thread.write(self.place(), value)
        event = build.events[number]
        depends = tuple(Dependency(source.value, truth) for source in sources)
        always = tuple(Dependency(source.value, pool.true) for source in sources)
        build.events[number] = replace(event, tags=(("L", truth),), data=depends, ctrl=(*event.ctrl, *always))

"""Random small programs of events, for holding the encoding against the explicit enumerator."""

from random import Random

from gupproof.program.expr import Expr, Op
from tests.support.programs import Build, ThreadBuild

TAGS = {
    "sc": ((), (), ()),
    "x86-tso": (("X",), ("X",), ("MFENCE",)),
    "armv8": (("A", "Q", "X", "NoRet"), ("L", "X"), ("DMB.ISH", "DMB.ISHLD", "DMB.ISHST", "ISB")),
}


def random_program(random: Random, model: str) -> Build:
    """Build 2 or 3 threads of loads, stores, read-modify-writes, fences, branches, dependencies and pointers."""
    build = Build(x=0, y=0, p=random.choice((64, 128)))
    threads = random.choice((2, 2, 3))
    budget = {2: (2, 4), 3: (1, 3)}[threads]
    for _ in range(threads):
        thread = build.thread()
        reads: list[Expr] = []
        for _ in range(random.randint(*budget)):
            _step(random, model, build, thread, reads)
    return build


def _tags(random: Random, choices: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(tag for tag in choices if random.random() < 0.3)


def _step(random: Random, model: str, build: Build, thread: ThreadBuild, reads: list[Expr]) -> None:
    read_tags, write_tags, fences = TAGS[model]
    kind = random.choice("RRRWWWMFBP")
    where = random.choice(("x", "y"))
    data = random.choice(reads) if reads and random.random() < 0.3 else None
    if kind == "R":
        reads.append(thread.read(where, *_tags(random, read_tags)))
    elif kind == "W":
        value = build.op(Op.ADD, data, 1) if data is not None else random.randint(1, 2)
        thread.write(where, value, *_tags(random, write_tags), data=(data,) if data is not None else ())
    elif kind == "M":
        both = ("X",) if model == "x86-tso" or (random.random() < 0.3 and model == "armv8") else ()
        old = thread.read(where, *both, *_tags(random, tuple(set(read_tags) - {"X"})))
        # Exclusives of Arm are two instructions.
        one = None if both and model == "armv8" else old
        success = build.eq(old, random.randint(0, 1)) if random.random() < 0.5 else build.pool.true
        new = random.choice((build.op(Op.ADD, old, 1), build.const(2)))
        thread.write(where, new, *both, *_tags(random, tuple(set(write_tags) - {"X"})), guard=success, rmw=old, part_of=one)
        reads.append(old)
    elif kind == "F" and fences:
        thread.fence(random.choice(fences))
    elif kind == "B" and reads:
        source = random.choice(reads)
        with thread.when(build.pool.truth(build.eq(source, random.randint(0, 1))), source):
            _step(random, model, build, thread, [*reads])
    elif kind == "P":
        pointer = thread.read("p", *_tags(random, read_tags))
        guard = build.pool.valid(pointer)
        if random.random() < 0.5:
            reads.append(thread.read(pointer, *_tags(random, read_tags), addr=(pointer,), guard=guard))
        else:
            thread.write(pointer, random.randint(1, 2), *_tags(random, write_tags), addr=(pointer,), guard=guard)
        if random.random() < 0.4:
            thread.write("p", random.choice((64, 128)))

"""The classics of the literature, under each model: is the outcome that no interleaving explains allowed?"""

import pytest

from gupproof.execution.axioms import recheck
from gupproof.execution.enumerator import reachable
from tests.support.models import model
from tests.support.programs import Build

A, L, X, MF, DMB, LD, ST = "A", "L", "X", "MFENCE", "DMB.ISH", "DMB.ISHLD", "DMB.ISHST"


def store_buffering(write=(), fence=(), read=()):
    build = Build(x=0, y=0)
    seen = []
    for mine, other in (("x", "y"), ("y", "x")):
        thread = build.thread()
        thread.write(mine, 1, *write)
        if fence:
            thread.fence(*fence)
        seen.append(thread.read(other, *read))
    build.covers["bad"] = build.all(*(build.eq(value, 0) for value in seen))
    return build


def message_passing(write=(), writer=(), reader=(), read=(), addr=False, ctrl=False):
    build = Build(data=0, flag=0)
    thread = build.thread()
    thread.write("data", 1)
    if writer:
        thread.fence(*writer)
    thread.write("flag", 1, *write)
    thread = build.thread()
    flag = thread.read("flag", *read)
    if reader:
        thread.fence(*reader)
    if ctrl:
        with thread.when(build.eq(flag, 1), flag):
            if ctrl == "isb":
                thread.fence("ISB")
            data = thread.read("data")
    else:
        data = thread.read("data", addr=[flag] if addr else [])
    build.covers["bad"] = build.all(build.eq(flag, 1), build.eq(data, 0))
    return build


def load_buffering(dependency=""):
    build = Build(x=0, y=0)
    seen = []
    for mine, other in (("x", "y"), ("y", "x")):
        thread = build.thread()
        value = thread.read(mine)
        if dependency == "ctrl":
            with thread.when(build.eq(value, 1), value):
                thread.write(other, 1)
        else:
            thread.write(other, value if dependency == "data" else 1, data=[value] if dependency == "data" else [])
        seen.append(value)
    build.covers["bad"] = build.all(*(build.eq(value, 1) for value in seen))
    return build


def independent_reads(fence=(), addr=False, read=()):
    build = Build(x=0, y=0)
    build.thread().write("x", 1)
    build.thread().write("y", 1)
    conditions = []
    for first, second in (("x", "y"), ("y", "x")):
        thread = build.thread()
        one = thread.read(first, *read)
        if fence:
            thread.fence(*fence)
        two = thread.read(second, addr=[one] if addr else [])
        conditions += [build.eq(one, 1), build.eq(two, 0)]
    build.covers["bad"] = build.all(*conditions)
    return build


def two_plus_two_writes(fence=()):
    build = Build(x=0, y=0)
    for first, second in (("x", "y"), ("y", "x")):
        thread = build.thread()
        thread.write(first, 2)
        if fence:
            thread.fence(*fence)
        thread.write(second, 1)
    build.covers["bad"] = build.all(build.eq(build.final("x"), 2), build.eq(build.final("y"), 2))
    return build


def write_to_read_causality(dependent=False):
    build = Build(x=0, y=0)
    build.thread().write("x", 1)
    middle = build.thread()
    one = middle.read("x")
    middle.write("y", one if dependent else 1, data=[one] if dependent else [])
    last = build.thread()
    two = last.read("y")
    three = last.read("x", addr=[two] if dependent else [])
    build.covers["bad"] = build.all(build.eq(one, 1), build.eq(two, 1), build.eq(three, 0))
    return build


def coherent_reads():
    build = Build(x=0)
    build.thread().write("x", 1)
    thread = build.thread()
    one, two = thread.read("x"), thread.read("x")
    build.covers["bad"] = build.all(build.eq(one, 1), build.eq(two, 0))
    return build


def own_future():
    build = Build(x=0)
    thread = build.thread()
    value = thread.read("x")
    thread.write("x", 1)
    build.covers["bad"] = build.eq(value, 1)
    return build


def lost_update(read=(), write=()):
    build = Build(x=0)
    for _ in range(2):
        build.thread().add("x", 1, read, write)
    build.covers["bad"] = build.eq(build.final("x"), 1)
    return build


def exchange_buffering(read, write, fence=()):
    """Store buffering with a read-modify-write as the store."""
    build = Build(x=0, y=0)
    seen = []
    for mine, other in (("x", "y"), ("y", "x")):
        thread = build.thread()
        thread.add(mine, 1, read, write)
        if fence:
            thread.fence(*fence)
        seen.append(thread.read(other))
    build.covers["bad"] = build.all(*(build.eq(value, 0) for value in seen))
    return build


def failed_exchange_buffering(tags):
    """Store buffering with a compare-exchange that fails as the fence."""
    build = Build(x=0, y=0, z=0)
    seen = []
    for mine, other in (("x", "y"), ("y", "x")):
        thread = build.thread()
        thread.write(mine, 1)
        thread.read("z", *tags)
        seen.append(thread.read(other))
    build.covers["bad"] = build.all(*(build.eq(value, 0) for value in seen))
    return build


def noreturn_atomic_then_fence():
    """Message passing whose reader reads the flag with an atomic that returns nothing, then DMB ISHLD."""
    build = Build(data=0, flag=0)
    thread = build.thread()
    thread.write("data", 1)
    thread.fence(DMB)
    thread.write("flag", 1)
    thread = build.thread()
    thread.add("flag", 1, ["NoRet"])
    thread.fence(LD)
    data = thread.read("data")
    build.covers["bad"] = build.all(build.eq(build.final("flag"), 2), build.eq(data, 0))
    return build


def split_and_grab(publish=()):
    """kernel-facts L-a, in short: a relaxed store before a fully ordered RMW on another CPU sees it."""
    build = Build(head=1, ref=0, pte=0)
    split = build.thread("split")
    split.write("head", 0)
    split.write("ref", 1, *publish)
    split.add("pte", 1, [A], [])
    grab = build.thread("grab")
    ref = grab.add("ref", 1, [A], [L])
    head = grab.read("head")
    build.covers["bad"] = build.all(build.eq(ref, 1), build.eq(head, 1))
    return build


ALLOWED, FORBIDDEN = True, False
CASES = {
    "SB": (store_buffering(), FORBIDDEN, ALLOWED, ALLOWED),
    "SB+mfence": (store_buffering(fence=[MF]), FORBIDDEN, FORBIDDEN, None),
    "SB+dmb": (store_buffering(fence=[DMB]), FORBIDDEN, None, FORBIDDEN),
    "SB+dsb": (store_buffering(fence=["DSB.ISH"]), FORBIDDEN, None, FORBIDDEN),
    "SB+dmb.st": (store_buffering(fence=[ST]), FORBIDDEN, None, ALLOWED),
    "SB+rel+acq": (store_buffering(write=[L], read=[A]), FORBIDDEN, None, FORBIDDEN),
    "SB+rel+acqpc": (store_buffering(write=[L], read=["Q"]), FORBIDDEN, None, ALLOWED),
    "SB+locked-rmw": (exchange_buffering([X], [X]), FORBIDDEN, FORBIDDEN, None),
    "SB+failed-cmpxchg": (failed_exchange_buffering([X]), FORBIDDEN, FORBIDDEN, None),
    "SB+swpal": (exchange_buffering([A], [L]), FORBIDDEN, None, FORBIDDEN),
    "SB+swpa": (exchange_buffering([A], []), FORBIDDEN, None, ALLOWED),
    "SB+ll-sc": (exchange_buffering([X], [X, L]), FORBIDDEN, None, ALLOWED),
    "SB+ll-sc+dmb": (exchange_buffering([X], [X, L], [DMB]), FORBIDDEN, None, FORBIDDEN),
    "MP": (message_passing(), FORBIDDEN, FORBIDDEN, ALLOWED),
    "MP+dmb+po": (message_passing(writer=[DMB]), FORBIDDEN, None, ALLOWED),
    "MP+dmb+addr": (message_passing(writer=[DMB], addr=True), FORBIDDEN, None, FORBIDDEN),
    "MP+dmb+ctrl": (message_passing(writer=[DMB], ctrl=True), FORBIDDEN, None, ALLOWED),
    "MP+dmb+ctrl-isb": (message_passing(writer=[DMB], ctrl="isb"), FORBIDDEN, None, FORBIDDEN),
    "MP+dmb.st+dmb.ld": (message_passing(writer=[ST], reader=[LD]), FORBIDDEN, None, FORBIDDEN),
    "MP+dmb.ld+dmb.ld": (message_passing(writer=[LD], reader=[LD]), FORBIDDEN, None, ALLOWED),
    "MP+dmb.st+dmb.st": (message_passing(writer=[ST], reader=[ST]), FORBIDDEN, None, ALLOWED),
    "MP+rel+acq": (message_passing(write=[L], read=[A]), FORBIDDEN, None, FORBIDDEN),
    "MP+rel+acqpc": (message_passing(write=[L], read=["Q"]), FORBIDDEN, None, FORBIDDEN),
    "MP+dmb+noret+dmb.ld": (noreturn_atomic_then_fence(), FORBIDDEN, None, ALLOWED),
    "LB": (load_buffering(), FORBIDDEN, FORBIDDEN, ALLOWED),
    "LB+datas": (load_buffering("data"), FORBIDDEN, FORBIDDEN, FORBIDDEN),
    "LB+ctrls": (load_buffering("ctrl"), FORBIDDEN, FORBIDDEN, FORBIDDEN),
    "IRIW": (independent_reads(), FORBIDDEN, FORBIDDEN, ALLOWED),
    "IRIW+addrs": (independent_reads(addr=True), FORBIDDEN, FORBIDDEN, FORBIDDEN),
    "IRIW+acqs": (independent_reads(read=[A]), FORBIDDEN, FORBIDDEN, FORBIDDEN),
    "2+2W": (two_plus_two_writes(), FORBIDDEN, FORBIDDEN, ALLOWED),
    "2+2W+dmb.sts": (two_plus_two_writes([ST]), FORBIDDEN, None, FORBIDDEN),
    "WRC": (write_to_read_causality(), FORBIDDEN, FORBIDDEN, ALLOWED),
    "WRC+data+addr": (write_to_read_causality(dependent=True), FORBIDDEN, FORBIDDEN, FORBIDDEN),
    "CoRR": (coherent_reads(), FORBIDDEN, FORBIDDEN, FORBIDDEN),
    "CoRW": (own_future(), FORBIDDEN, FORBIDDEN, FORBIDDEN),
    "lost update": (lost_update(), FORBIDDEN, FORBIDDEN, FORBIDDEN),
    "lost update, locked": (lost_update([X], [X]), FORBIDDEN, FORBIDDEN, FORBIDDEN),
    "split, relaxed": (split_and_grab(), FORBIDDEN, FORBIDDEN, ALLOWED),
    "split, release": (split_and_grab([L]), FORBIDDEN, None, FORBIDDEN),
}


MODELS = ("sc", "x86-tso", "armv8")
# None: the tags are another architecture's.
VERDICTS = [
    pytest.param(build, where, verdict, id=f"{name}-{where}")
    for name, (build, *verdicts) in CASES.items()
    for where, verdict in zip(MODELS, verdicts, strict=True)
    if verdict is not None
]


@pytest.mark.parametrize(("build", "where", "expected"), VERDICTS)
def test_verdict(build, where, expected):
    program = build.program()
    found = reachable(program, model(where), lambda result: result.reaches("bad"))
    assert (found is not None) is expected
    if found is not None:
        assert recheck(program, model(where), found.execution, reaches="bad") is None
        assert recheck(program, model("sc"), found.execution) is not None

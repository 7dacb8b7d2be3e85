"""Litmus tests on one line, without an assembly: ``Wx1 [DMB.ISH] Wy1 | Ry1 addr>Rx0``, as tables of verdicts want them.

Threads stand between bars. ``Wx1`` writes 1 to x; ``Rx0`` reads 0 from it in the outcome that is asked for, and ``Rx_``
anything; ``Ux0-1`` is a read-modify-write of the two. Tags follow a colon, with a slash between those of the halves of a
read-modify-write: ``Rx1:A``, ``Ux0-1:A/L``; ``:-`` is for none. A fence stands in brackets. ``addr>``, ``data>`` and ``ctrl>``
make what follows depend on the latest read before it, ``ctrl>`` all the rest of the thread. ``# x=2`` at the end asks for a
final value.
"""

import re

from gupproof.program.expr import Expr
from tests.support.programs import Build, ThreadBuild

_TOKEN = re.compile(
    r"(?P<dependency>(?:addr|data|ctrl)>)?(?:\[(?P<fence>\S+)\]"
    r"|(?P<kind>[RWU])(?P<word>[a-z])(?P<value>\d|_)(?:-(?P<new>\d))?(?::(?P<tags>\S+))?)$"
)


def shape(text: str, marked: str = "") -> Build:
    """Return the test, with the outcome that is asked for as its cover ``bad``; accesses without tags have ``marked``."""
    threads, _, final = text.partition("#")
    words = sorted(set(re.findall(r"[RWU]([a-z])[\d_]", threads)))
    build = Build(**dict.fromkeys(words, 0))
    wanted = []
    for tokens in threads.split("|"):
        thread = build.thread()
        latest: Expr | None = None
        for token in tokens.split():
            found = _TOKEN.match(token)
            assert found is not None, token
            sources = () if found["dependency"] is None or latest is None else (latest,)
            if found["dependency"] == "ctrl>":
                thread.ctrl = (*thread.ctrl, *sources)
            address = sources if found["dependency"] == "addr>" else ()
            data = sources if found["dependency"] == "data>" else ()
            if found["fence"]:
                thread.fence(*found["fence"].split(","))
                continue
            read = _access(thread, found, address, data, marked)
            if read is not None:
                latest = read
                if found["value"] != "_":
                    wanted.append(build.eq(read, int(found["value"])))
    wanted += [build.eq(build.final(word), int(value)) for word, value in re.findall(r"([a-z])=(\d)", final)]
    build.covers["bad"] = build.all(*wanted)
    return build


def _access(
    thread: ThreadBuild, found: re.Match[str], addr: tuple[Expr, ...], data: tuple[Expr, ...], marked: str
) -> Expr | None:
    halves = (found["tags"] or f"{marked}/{marked}").split("/")
    tags, written = ([tag for tag in half.split(",") if tag not in ("", "-")] for half in (*halves, "")[:2])
    word = found["word"]
    if found["kind"] == "W":
        thread.write(word, int(found["value"]), *tags, addr=addr, data=data)
        return None
    read = thread.read(word, *tags, addr=addr)
    if found["kind"] == "U":
        thread.write(word, int(found["new"]), *written, rmw=read, addr=addr, data=data)
    return read

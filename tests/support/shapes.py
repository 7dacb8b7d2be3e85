"""Litmus tests on one line, without an assembly: ``Wx1 [DMB.ISH] Wy1 | Ry1 addr>Rx0``, as tables of verdicts want them.

Threads stand between bars. ``Wx1`` writes 1 to x; ``Rx0`` reads 0 from it in the outcome that is asked for, and ``Rx_`` anything;
``Ux0-1`` is a read-modify-write of the two. Tags follow a colon, those of a read-modify-write's halves with a slash between:
``Rx1:A``, ``Ux0-1:A/L``. A fence stands in brackets. ``addr>``, ``data>`` and ``ctrl>`` make what follows depend on the latest
read before it, ``ctrl>`` all the rest of the thread. ``# x=2`` at the end asks for a final value.
"""

import re

from tests.support.programs import Build, ThreadBuild

_TOKEN = re.compile(
    r"(?P<dependency>(?:addr|data|ctrl)>)?(?:\[(?P<fence>\S+)\]"
    r"|(?P<kind>[RWU])(?P<word>[a-z])(?P<value>\d|_)(?:-(?P<new>\d))?(?::(?P<tags>\S+))?)$"
)


def shape(text: str) -> Build:
    """Return the test, with the outcome that is asked for as its cover ``bad``."""
    threads, _, final = text.partition("#")
    words = sorted(set(re.findall(r"[RWU]([a-z])[\d_]", threads)))
    build = Build(**dict.fromkeys(words, 0))
    wanted = []
    for tokens in threads.split("|"):
        thread = build.thread()
        latest = None
        for token in tokens.split():
            found = _TOKEN.match(token)
            assert found is not None, token
            sources = () if found["dependency"] is None else (latest,)
            if found["dependency"] == "ctrl>":
                thread.ctrl = (*thread.ctrl, *sources)
            parts = {found["dependency"][:-1]: sources} if found["dependency"] in ("addr>", "data>") else {}
            if found["fence"]:
                thread.fence(*found["fence"].split(","))
                continue
            read = _access(thread, found, parts)
            if read is not None:
                latest = read
                if found["value"] != "_":
                    wanted.append(build.eq(read, int(found["value"])))
    wanted += [build.eq(build.final(word), int(value)) for word, value in re.findall(r"([a-z])=(\d)", final)]
    build.covers["bad"] = build.all(*wanted)
    return build


def _access(thread: ThreadBuild, found: re.Match[str], parts: dict):
    read, _, write = (found["tags"] or "").partition("/")
    tags = [tag for tag in read.split(",") if tag]
    match found["kind"]:
        case "W":
            thread.write(found["word"], int(found["value"]), *tags, **parts)
            return None
        case "R":
            return thread.read(found["word"], *tags, **parts)
        case _:
            old = thread.read(found["word"], *tags, addr=parts.get("addr", ()))
            thread.write(found["word"], int(found["new"]), *[tag for tag in write.split(",") if tag], rmw=old, **parts)
            return old

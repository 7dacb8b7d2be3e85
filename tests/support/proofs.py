"""Short texts proved."""

from gupproof.language import load_text, typed
from gupproof.proving.obligations import Group, grouped, obligations_of
from gupproof.proving.result import Obligation, Result, Verdict
from gupproof.proving.run import prove_group

BUFFERING = """
config FENCED : bool = false;
scenario buffering {
    int x, y;
    ghost int r0, r1;
    thread a { WRITE_ONCE(x, 1); if (FENCED) smp_mb(); r0 = READ_ONCE(y); }
    thread b { WRITE_ONCE(y, 1); if (FENCED) smp_mb(); r1 = READ_ONCE(x); }
    property seen : r0 == 1 || r1 == 1;
    property small : r0 < 2;
    cover both : r0 == 1 && r1 == 1;
}
"""


def groups_of(text: str, path: str = "<text>") -> tuple[Group, ...]:
    """Return the groups of a text's theorems."""
    unit = load_text(text, path)
    return grouped([unit], obligations_of(unit))


def judged(text: str, *, timeout: float = 30) -> list[Result]:
    """Return the results of a text's theorems, in source order as far as each group goes."""
    return [result for group in groups_of(text) for result in prove_group(group, timeout=timeout)]


def claim(scenario: str, shows: str, *, settings: str = "") -> list[Result]:
    """Return the results of one theorem about one scenario ``s``; ``settings`` is its ``with``."""
    return judged(f"{scenario} theorem t {{ s {settings} shows {shows}; }}")


def unit_of(text: str) -> typed.Unit:
    """Return a text checked."""
    return load_text(text)


def made_result(**parts: object) -> Result:
    """Return a result for tests of what is done with results; ``parts`` are fields of it or of its obligation."""
    obligation: dict[str, object] = {
        "file": "a.gup",
        "theorem": "holds",
        "claim": "C1",
        "doc": "",
        "scenario": "s",
        "settings": (),
        "values": (),
        "property": "p",
        "model": "sc",
        "target": "x86-64",
        "covering": (),
        "expect": "proved",
    }
    result: dict[str, object] = {"verdict": Verdict.PROVED, "reason": "", "seconds": 0.25}
    for name, value in parts.items():
        (obligation if name in obligation else result)[name] = value
    return Result(obligation=Obligation(**obligation), **result)  # type: ignore[arg-type]

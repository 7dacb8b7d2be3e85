"""Shareability domains of Arm's barriers: a model may have one word for all of them.

Instructions carry the tag that they are written with (``DMB.SY``). A model that distinguishes no domain says ``DMB.ISH``, as
the kernel does, and means every full DMB; one that names any other is taken at its word.
"""

from collections.abc import Collection

from gupproof.cat.terms import Sort, Term, TermOp, TermPool

_OTHERS = {"ISH": ("SY", "OSH", "NSH"), "ISHLD": ("LD", "OSHLD", "NSHLD"), "ISHST": ("ST", "OSHST", "NSHST")}
_WIDER = {
    f"{kind}.{option}": tuple(f"{kind}.{other}" for other in others)
    for kind in ("DMB", "DSB")
    for option, others in _OTHERS.items()
}
_NARROW = frozenset(other for others in _WIDER.values() for other in others)


def are_meant_alike(asked: Collection[str]) -> bool:
    """Whether a model that asks for these names has one word for the barriers of all domains."""
    return any(name in _WIDER for name in asked) and not any(name in _NARROW for name in asked)


def of_any_domain(pool: TermPool, tags: Collection[str]) -> dict[str, Term]:
    """Return, for each barrier that the kernel has a name for, the set of those that only differ in the domain."""
    return {
        name: pool.make(TermOp.UNION, *(pool.base(tag, Sort.SET) for tag in (name, *others) if tag in tags))
        for name, others in _WIDER.items()
        if name in tags
    }

"""What published models speak of that executions here do not have, though what it stands for does happen.

A name of a thing that nothing here does (page tables, memory tags) is empty, and that is all there is to it: see
``spec/models/herd/names.cat``. Of registers, branches and the parts of instructions that is not so: dependencies pass through
them, and a model that works its own out from them would find none. Such a name is a term of its own, which may vanish (``[T];
iico_data`` is empty where nothing is in ``T``); a check that still has it in the end is refused.
"""

from collections.abc import Iterable

from gupproof.cat.terms import Sort, Term, TermOp, TermPool

_RELATIONS = {
    "rf-reg": "registers are no events here",
    "iico_data": "the parts of an instruction are no events here",
    "iico_ctrl": "the parts of an instruction are no events here",
    "same-static": "executions do not say which instruction an event is of",
    "same-instr": "executions do not say which instruction an event is of",
    "equiv-spec": "registers are no events here",
    "control": "branches are no events here",
    "depend": "registers are no events here",
    "success": "registers are no events here",
    "tst": "registers are no events here",
}
_SETS = {
    "Rreg": "registers are no events here",
    "Wreg": "registers are no events here",
    "ADDR": "registers are no events here",
    "DATA": "registers are no events here",
    "NDATA": "registers are no events here",
    "B": "branches are no events here",
    "BCC": "branches are no events here",
    "BR": "branches are no events here",
    "PoD": "branches are no events here",
}


def names(pool: TermPool) -> dict[str, Term]:
    """Return the terms of what is absent, by name."""
    return {name: pool.base(name, Sort.REL) for name in _RELATIONS} | {name: pool.base(name, Sort.SET) for name in _SETS}


def why(name: str) -> str:
    """Say why there is nothing of this name."""
    return _RELATIONS.get(name) or _SETS[name]


def occurring(terms: Iterable[Term]) -> list[str]:
    """Return the names of what is absent and occurs in ``terms``, each once, in order."""
    found: dict[str, None] = {}
    seen: set[Term] = set()
    waiting = list(terms)
    while waiting:
        term = waiting.pop()
        if term in seen:
            continue
        seen.add(term)
        if term.op is TermOp.BASE and (term.name in _RELATIONS or term.name in _SETS):
            found[term.name] = None
        waiting += term.args
    return sorted(found)

"""Names of locations as litmus tests can spell them: letters, digits and underscores, and none that means something else."""

import re
from collections.abc import Container

# What the lexers of herd7 take for something else (lib/stateLexer.mll, lib/CLexer.mll), or a thread may use as a register.
_RESERVED = frozenset({
    "NOP", "nop", "pac", "pacda", "pacdb", "pacia", "pacib", "true", "false", "observed", "Observed", "and", "not",
    "exists", "forall", "final", "with", "locations", "filter", "fault", "Fault", "tag", "TAG", "attrs", "Attrs", "oa",
    "pending", "active", "enabled", "priority", "affinity", "routing_mode", "handling_mode", "valid", "PTE", "TTD",
    "INTID", "intid", "PA", "parel1_t", "PAREL1_T", "SS", "SSCap", "ATOMIC_INIT", "gicarg", "GICARG", "volatile",
    "char", "int", "long", "struct", "void", "srcu_struct", "lock", "unlock", "mtx_lock", "mtx_unlock", "WCAS", "SCAS",
    "mtx_t", "spinlock_t", "atomic_t", "atomic_int", "if", "else", "while", "NULL", "constvar", "codevar",
})  # fmt: skip
_REGISTER = re.compile(r"^[rtcgwxXWPEL]\d+$|^[er][a-d]x$|^[er]?[sd]il?$|^[er][bs]p$|^EA|^[a-d][hl]$")


def legal_name(wanted: str, taken: Container[str]) -> str:
    """Return the name of a location, or a test, that is as near to what is wanted as can be.

    Args:
        wanted: as in the source: ``page._refcount``, ``a[1]``.
        taken: names that others have.

    """
    plain = re.sub(r"\W+", "_", wanted).strip("_") or "word"
    # pte_x and phy_x are the page-table entry and the physical address of x.
    name = f"w{plain}" if not plain[0].isalpha() or plain.startswith(("pte_", "phy_")) else plain
    while name in taken or name in _RESERVED or _REGISTER.match(name):
        name += "_"
    return name

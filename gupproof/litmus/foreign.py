"""What litmus tests in assembly say of things that are not judged: page tables, memory tags, shadow stacks, capabilities.

The notation is herd7's (lib/stateLexer.mll, lib/constant.ml). A test that has any of it means accesses which no event here is,
wherever in the test it stands: the name ``pte_x`` alone is the page-table entry of ``x``, and no word of memory.
"""

import re

from gupproof.litmus.form import Unsupported

# What herd7's variants add to a test that would not be understood without them.
_VARIANTS = {
    "page tables": "kvm vmsa ets ets2 ets3",
    "memory tags": "memtag mte",
    "capabilities": "morello",
    "self-modifying code": "ifetch self",
    "exceptions": "exs fatal handled",
    "pointer signing": "pac pauth1 pauth2 fpac",
    "shadow stacks": "shadowstack gcs",
    "vector": "neon sve sme",
}
_CATEGORIES = {variant: category for category, variants in _VARIANTS.items() for variant in variants.split()}
_VARIANT = re.compile(r"^\s*Variant\s*=\s*(.*?)\s*$", re.MULTILINE | re.IGNORECASE)

_COLOURS = "green|red|blue|black|white|cyan|yellow|magenta"
_NOTATION = {
    "page tables": re.compile(
        r"\b(?:PTE|TTD|PA)\s*\([^)]*\)?"
        r"|\b(?:pte|phy)_\w+"
        r"|\(\s*(?:oa|af|db|dbm|valid|el0|attrs)\s*:[^)]*\)?"
    ),
    "memory tags": re.compile(rf"\b(?:tag|TAG)\s*\([^)]*\)?|\b[A-Za-z_]\w*:(?:{_COLOURS})\b|=\s*:(?:{_COLOURS})\b"),
    "shadow stacks": re.compile(r"\bSS(?:Cap)?\s*\([^)]*\)?|\bssval_t\b|\bGCS\w+"),
}


def check_variants(head: str) -> None:
    """See to it that a test asks for no variant of herd7 that makes it another test.

    Args:
        head: what stands before its initial state.

    Raises:
        Unsupported: it does.

    """
    for found in _VARIANT.finditer(head):
        for variant in re.split(r"[\s,]+", found[1]):
            if category := _CATEGORIES.get(variant.lower()):
                raise Unsupported(f"{category}: herd's variant {variant}")


def check_notation(plain: str) -> None:
    """See to it that a test speaks of nothing that is not judged.

    Args:
        plain: the test from its initial state on, without comments.

    Raises:
        Unsupported: it does.

    """
    for category, pattern in _NOTATION.items():
        if found := pattern.search(plain):
            raise Unsupported(f"{category}: '{' '.join(found[0].split())}'")

"""How the steps of an execution are spelled in each assembly language. The tags are those of spec/targets."""

from collections.abc import Callable
from dataclasses import dataclass

from gupproof.diagnostics import Diagnostic, GupError

Tags = frozenset[str]

NEVER = 999
"""A value that no step stores: what a comparison that is to fail compares with."""


def refuse(what: str) -> GupError:
    """Return the error that an execution cannot be written as a litmus test."""
    return GupError(
        Diagnostic(
            code="U015",
            message=f"this execution cannot be written as a litmus test: {what}",
            help="choose another refutation with --model or --property; gupproof explain tells this one as a story",
        )
    )


@dataclass(frozen=True, slots=True)
class Swap:
    """An atomic exchange: its two halves' tags, the register it returns in, the one it stores, its address."""

    read: Tags
    write: Tags
    result: str
    stored: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """The instructions of one architecture.

    Attributes:
        arch: as a litmus test spells it.
        registers: names, in the order they are used in: for addresses, and for what is read.
        value, nothing, address: registers for what is stored, for a 0 and for an address with dependencies; reused.
        constant, zero, add, branch: templates: ``{r} = {v}``; 0 in ``{r}`` from ``{s}``; ``{r} = {a} + {b}``; a branch on
            ``{r}`` to ``{l}``. Lines are apart by semicolons. The last three are empty where dependencies order nothing.
        load, store: from register, address and tags.
        store_exclusive: from status register, register, address and tags; None where there is none.
        swap: the instruction; None where there is none.
        fence: from its tag.
        check: a template: to ``{l}`` unless ``{r}`` is ``{v}``; only where control dependencies order nothing.
        status: what a store-exclusive leaves in its status register on success; None for no register.

    """

    arch: str
    registers: tuple[str, ...]
    value: str
    nothing: str = ""
    address: str = ""
    constant: str
    zero: str = ""
    add: str = ""
    branch: str = ""
    load: Callable[[str, str, Tags], str]
    store: Callable[[str, str, Tags], str]
    store_exclusive: Callable[[str, str, str, Tags], str] | None = None
    swap: Callable[[Swap], str] | None = None
    fence: Callable[[str], str]
    status: bool = True
    check: str = ""

    @property
    def depends(self) -> bool:
        """Whether dependencies have to be kept."""
        return bool(self.zero)

    @property
    def names_words(self) -> bool:
        """Whether instructions name words of memory themselves."""
        return self.arch == "X86_64"


def _named(names: dict[str, str], tags: Tags) -> str:
    """Return the instruction for tags; the key is the tags in order."""
    found = names.get(" ".join(sorted(tags)))
    if found is None:
        raise refuse(f"no instruction is in the sets {', '.join(sorted(tags)) or '(none)'} and in no other")
    return found


# ── AArch64: Arm ARM (DDI 0487), C6 ──────────────────────────────────────────────────────────────────────────────────


def _arm_load(register: str, address: str, tags: Tags) -> str:
    name = _named({"": "LDR", "A": "LDAR", "Q": "LDAPR", "X": "LDXR", "A X": "LDAXR"}, tags)
    return f"{name} {register},[{address}]"


def _arm_store(register: str, address: str, tags: Tags) -> str:
    return f"{_named({'': 'STR', 'L': 'STLR'}, tags)} {register},[{address}]"


def _arm_store_exclusive(status: str, register: str, address: str, tags: Tags) -> str:
    return f"{_named({'X': 'STXR', 'L X': 'STLXR'}, tags)} {status.replace('X', 'W')},{register},[{address}]"


def _arm_swap(swap: Swap) -> str:
    # One that returns nothing is no acquire: its result goes to XZR.
    result = "XZR" if swap.read == {"NoRet"} else swap.result
    orders = _named({"": "", "A": "A", "NoRet": ""}, swap.read) + _named({"": "", "L": "L"}, swap.write)
    return f"SWP{orders} {swap.stored},{result},[{swap.address}]"


# ── RISC-V: the instruction set manual, volume I ─────────────────────────────────────────────────────────────────────


def _riscv_order(tags: Tags) -> str:
    return _named({"": "", "Acq": ".aq", "Rel": ".rl", "Acq Rel": ".aq.rl"}, tags - {"X"})


def _riscv_load(register: str, address: str, tags: Tags) -> str:
    return f"{'lr.d' if 'X' in tags else 'ld'}{_riscv_order(tags)} {register},0({address})"


def _riscv_store(register: str, address: str, tags: Tags) -> str:
    return f"sd{_riscv_order(tags)} {register},0({address})"


def _riscv_store_exclusive(status: str, register: str, address: str, tags: Tags) -> str:
    return f"sc.d{_riscv_order(tags)} {status},{register},0({address})"


def _riscv_swap(swap: Swap) -> str:
    if swap.read != swap.write:
        raise refuse("the halves of an atomic instruction are in different sets")
    return f"amoswap.d{_riscv_order(swap.read)} {swap.result},{swap.stored},({swap.address})"


def _riscv_fence(tag: str) -> str:
    return "fence.tso" if tag == "Fence.tso" else "fence " + ",".join(tag.split(".")[1:])


# ── Power: Power ISA, books I and II ─────────────────────────────────────────────────────────────────────────────────


def _power_load(register: str, address: str, tags: Tags) -> str:
    return _named({"": "ld {r},0({a})", "X": "ldarx {r},r0,{a}"}, tags).format(r=register, a=address)


def _power_store(register: str, address: str, tags: Tags) -> str:
    return f"{_named({'': 'std'}, tags)} {register},0({address})"


def _power_store_exclusive(_: str, register: str, address: str, tags: Tags) -> str:
    return f"{_named({'X': 'stdcx.'}, tags)} {register},r0,{address}"


# ── x86-64: Intel SDM volume 2, in AT&T's order ──────────────────────────────────────────────────────────────────────


def _x86_load(register: str, address: str, tags: Tags) -> str:
    # A comparison that always fails is a locked read.
    locked = f"movq ${NEVER},%rax; movq ${NEVER},{{r}}; lock cmpxchgq {{r}},({{a}}); movq %rax,{{r}}"
    return _named({"": "movq ({a}),{r}", "X": locked}, tags).format(r=register, a=address)


def _x86_store(register: str, address: str, tags: Tags) -> str:
    return f"{_named({'': 'movq'}, tags)} {register},({address})"


def _x86_swap(swap: Swap) -> str:
    name = _named({"X": "xchgq"}, swap.read & swap.write)
    return f"movq {swap.stored},{swap.result}; {name} {swap.result},({swap.address})"


_ARM = Dialect(
    arch="AArch64",
    registers=tuple(f"X{number}" for number in range(28)),
    value="X28",
    nothing="X29",
    address="X30",
    constant="MOV {r},#{v}",
    zero="EOR {r},{s},{s}",
    add="ADD {r},{a},{b}",
    branch="CBNZ {r},{l}; {l}:",
    load=_arm_load,
    store=_arm_store,
    store_exclusive=_arm_store_exclusive,
    swap=_arm_swap,
    fence=lambda tag: tag.replace(".", " "),
)

DIALECTS = {
    "arm64-lse": _ARM,
    "arm64-llsc": _ARM,
    "riscv": Dialect(
        arch="RISCV",
        registers=tuple(f"x{number}" for number in (1, *range(5, 29))),
        value="x29",
        nothing="x30",
        address="x31",
        constant="li {r},{v}",
        zero="xor {r},{s},{s}",
        add="add {r},{a},{b}",
        branch="bne {r},x0,{l}; {l}:",
        load=_riscv_load,
        store=_riscv_store,
        store_exclusive=_riscv_store_exclusive,
        swap=_riscv_swap,
        fence=_riscv_fence,
    ),
    "ppc64": Dialect(
        arch="PPC",
        registers=tuple(f"r{number}" for number in range(1, 29)),
        value="r29",
        nothing="r30",
        address="r31",
        constant="li {r},{v}",
        zero="xor {r},{s},{s}",
        add="add {r},{a},{b}",
        branch="cmpwi {r},0; bne {l}; {l}:",
        load=_power_load,
        store=_power_store,
        store_exclusive=_power_store_exclusive,
        fence=str.lower,
        status=False,
    ),
    # The model orders all but a store and a later load: dependencies add nothing.
    "x86-64": Dialect(
        arch="X86_64",
        registers=tuple(f"%{name}" for name in ("rcx", "rdx", "rsi", "rdi", *(f"r{number}" for number in range(8, 16)))),
        value="%rbx",
        constant="movq ${v},{r}",
        load=_x86_load,
        store=_x86_store,
        swap=_x86_swap,
        fence=str.lower,
        check="cmpq ${v},{r}; jne {l}",
    ),
}
"""By the name of the target."""

"""Random litmus tests as text, in every language that is read."""

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

VALUES = st.sampled_from((1, 2))
WORDS = st.sampled_from(("x", "y"))
EQUAL = st.sampled_from((False, False, False, True))
"""Whether all threads do the same, and the condition looks at memory alone."""


@dataclass(frozen=True)
class Dialect:
    """How one architecture spells things.

    Attributes:
        head: first word of the file.
        models: to judge its tests under.
        address: the register that holds the address of a word; "" where words are named.
        registers: what loads go to, in order.
        fences: any of them.
        load, store: templates of word (w), register (r), a scratch register (t) and a value (v).
        update: read-modify-writes, likewise.
        depend: templates that make ``t`` depend on ``r`` and be 0; a store then adds it.
        dependent: a store of v whose data or address depends on r.

    """

    head: str
    models: tuple[str, ...]
    address: dict[str, str]
    registers: tuple[str, ...]
    fences: tuple[str, ...]
    load: tuple[str, ...]
    store: tuple[str, ...]
    update: tuple[str, ...]
    dependent: tuple[str, ...]


X86 = Dialect(
    "X86",
    ("x86-tso", "sc"),
    {},
    ("EAX", "EBX", "ECX"),
    ("MFENCE",),
    ("MOV {r},[{w}]",),
    ("MOV [{w}],${v}",),
    ("MOV {r},${v};XCHG {r},[{w}]", "LOCK INC [{w}]"),
    ("MOV [{w}],{r}",),
)
AARCH64 = Dialect(
    "AArch64",
    ("armv8",),
    {"x": "X8", "y": "X9"},
    ("W0", "W1", "W2"),
    ("DMB SY", "DMB LD", "DMB ST", "DSB LD", "DSB ST", "ISB"),
    ("LDR {r},[{w}]", "LDAR {r},[{w}]", "LDAPR {r},[{w}]"),
    ("MOV {t},#{v};STR {t},[{w}]", "MOV {t},#{v};STLR {t},[{w}]"),
    ("MOV {t},#{v};SWP {t},{r},[{w}]", "MOV {t},#{v};LDADDA {t},{r},[{w}]", "MOV {t},#{v};STADDL {t},[{w}]"),
    (
        "EOR {t},{r},{r};ADD {t},{t},#{v};STR {t},[{w}]",
        "EOR {t},{r},{r};MOV W7,#{v};STR W7,[{w},{t},SXTW]",
        "CBNZ {r},L{n};L{n}:;MOV {t},#{v};STR {t},[{w}]",
        "CMP {r},#{v};CSET {t},EQ;STR {t},[{w}]",
        "MOV {t},#{v};CAS {r},{t},[{w}]",
    ),
)
RISCV = Dialect(
    "RISCV",
    ("riscv",),
    {"x": "x8", "y": "x9"},
    ("x10", "x11", "x12"),
    ("fence rw,rw", "fence r,rw", "fence rw,w", "fence w,w", "fence.tso"),
    ("lw {r},0({w})", "lw.aq {r},0({w})"),
    ("ori {t},x0,{v};sw {t},0({w})", "ori {t},x0,{v};sw.rl {t},0({w})"),
    ("ori {t},x0,{v};amoswap.w {r},{t},({w})", "ori {t},x0,{v};amoadd.w.aq {r},{t},({w})"),
    ("xor {t},{r},{r};ori {t},{t},{v};sw {t},0({w})", "bne {r},x0,L{n};L{n}:;ori {t},x0,{v};sw {t},0({w})"),
)
PPC = Dialect(
    "PPC",
    ("power",),
    {"x": "r8", "y": "r9"},
    ("r1", "r2", "r3"),
    ("sync", "lwsync", "isync"),
    ("lwz {r},0({w})",),
    ("li {t},{v};stw {t},0({w})",),
    (),
    (
        "xor {t},{r},{r};addi {t},{t},{v};stw {t},0({w})",
        "xor {t},{r},{r};li r7,{v};stwx r7,{t},{w}",
        "cmpwi {r},1;beq L{n};L{n}:;li {t},{v};stw {t},0({w})",
    ),
)
DIALECTS = {dialect.head: dialect for dialect in (X86, AARCH64, RISCV, PPC)}

KERNEL_LOADS = ("READ_ONCE(*{w})", "smp_load_acquire({w})", "*{w}", "READ_ONCE(*{w})")
KERNEL_STEPS = (
    "WRITE_ONCE(*{w}, {v});",
    "smp_store_release({w}, {v});",
    "*{w} = {v};",
    "{r} = xchg({w}, {v});",
    "{r} = xchg_release({w}, {v});",
    "{r} = cmpxchg({w}, {u}, {v});",
    "{r} = atomic_fetch_add_acquire({v}, {w});",
    "atomic_add({v}, {w});",
    "WRITE_ONCE(*{w}, {q} + {v});",
    "if ({q} == {u}) WRITE_ONCE(*{w}, {v});",
)
KERNEL_FENCES = (
    *("smp_mb();", "smp_wmb();", "smp_rmb();", "synchronize_rcu();"),
    *("smp_mb__before_atomic();", "smp_mb__after_atomic();"),
)
KERNEL_SECTIONS = (("", ""), ("rcu_read_lock();", "rcu_read_unlock();"), ("spin_lock(l);", "spin_unlock(l);"))


@st.composite
def assembly(draw: st.DrawFn, dialect: Dialect) -> str:
    """A test of two or three short threads."""
    count = draw(st.sampled_from((2, 2, 3)))
    threads = [_assembly_thread(draw, dialect, 3 if count == 2 else 2) for _ in range(count)]
    if equal := draw(EQUAL):
        # Two are enough: of three, the enumerator would have six times as many executions to look at.
        threads, count = [threads[0]] * 2, 2
    height = max(len(lines) for lines, _ in threads)
    rows = [f" {' | '.join(f'P{number}' for number in range(count))} ;"]
    rows += [" " + " | ".join(lines[row] if row < len(lines) else "" for lines, _ in threads) + " ;" for row in range(height)]
    # The condition may name a word that no thread does.
    initial = "x=0; y=0; " + " ".join(
        f"{number}:{register}={word};" for number in range(count) for word, register in dialect.address.items()
    )
    read = [f"{number}:{_full(register)}" for number, (_, loaded) in enumerate(threads) for register in loaded if not equal]
    return f"{dialect.head} random\n{{ {initial} }}\n" + "\n".join(rows) + f"\nexists ({_condition(draw, read)})\n"


def _full(register: str) -> str:
    return "X" + register[1:] if register.startswith("W") else register


def _assembly_thread(draw: st.DrawFn, dialect: Dialect, most: int) -> tuple[list[str], list[str]]:
    lines: list[str] = []
    loaded: list[str] = []
    scratch = {"AArch64": "W6", "RISCV": "x6", "PPC": "r6", "X86": "EDX"}[dialect.head]
    for number in range(draw(st.integers(1, most))):
        word = draw(WORDS)
        kinds = ["load", "store", *(["update"] if dialect.update else []), *(["dependent"] if loaded else [])]
        if number:
            kinds.append("fence")
        kind = draw(st.sampled_from(kinds))
        fresh = dialect.registers[len(loaded) % len(dialect.registers)]
        if kind == "fence":
            lines.append(draw(st.sampled_from(dialect.fences)))
            continue
        template = draw(st.sampled_from(getattr(dialect, kind)))
        register = loaded[-1] if kind == "dependent" else fresh
        text = template.format(w=dialect.address.get(word, word), r=register, t=scratch, v=draw(VALUES), n=number)
        lines += text.split(";")
        if kind != "dependent" and "{r}" in template:
            loaded.append(register)
    return lines, list(dict.fromkeys(loaded))


@st.composite
def kernel_c(draw: st.DrawFn) -> str:
    """A test of two or three short threads, some of them in a read-side section or under a lock."""
    count = draw(st.sampled_from((2, 2, 3)))
    bodies, read = [], []
    for number in range(count):
        start, end = draw(st.sampled_from(KERNEL_SECTIONS))
        steps = []
        registers: list[str] = []
        for _ in range(draw(st.integers(1, 3 if count == 2 else 2))):
            steps.append(_kernel_step(draw, registers))
            if draw(st.integers(0, 3)) == 0:
                steps.append(draw(st.sampled_from(KERNEL_FENCES[: 3 if start else 6])))
        declared = [f"int {register};" for register in registers]
        lines = [*declared, start, *steps, end]
        bodies.append(f"P{number}(int *x, int *y, spinlock_t *l)\n{{\n" + "".join(f"\t{line}\n" for line in lines) + "}\n")
        read += [f"{number}:{register}" for register in registers]
    if draw(EQUAL):
        bodies, read = [bodies[0], bodies[0].replace("P0(", "P1(", 1)], []
    return "C random\n\n{}\n\n" + "\n".join(bodies) + f"\nexists ({_condition(draw, read)})\n"


def _kernel_step(draw: st.DrawFn, registers: list[str]) -> str:
    word, value, compared = draw(WORDS), draw(VALUES), draw(st.integers(0, 1))
    fresh = f"r{len(registers)}"
    known = registers[-1] if registers else ""
    usable = [step for step in KERNEL_STEPS if known or "{q}" not in step]
    template = draw(st.sampled_from([*(f"{{r}} = {load};" for load in KERNEL_LOADS), *usable]))
    if "{r}" in template:
        registers.append(fresh)
    return template.format(w=word, v=value, u=compared, r=fresh, q=known)


def _condition(draw: st.DrawFn, read: Sequence[str]) -> str:
    places = [*read, "x", "y"]
    parts = [f"{draw(st.sampled_from(places))}={draw(st.integers(0, 2))}" for _ in range(draw(st.integers(1, 3)))]
    return " /\\ ".join(parts)

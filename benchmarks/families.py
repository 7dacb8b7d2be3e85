"""Litmus tests that grow: the families at which enumerators of executions blow up, as text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Family:
    """A family of tests.

    Attributes:
        name: of the family; tests are called ``name-size``.
        sizes: those worth measuring.
        write: the test of one size.
        unroll: how often loops have to be followed.

    """

    name: str
    sizes: tuple[int, ...]
    write: Callable[[int], str]
    unroll: int = 2


def _columns(threads: Sequence[Sequence[str]]) -> str:
    height = max(map(len, threads))
    rows = [[f"P{number}" for number in range(len(threads))]]
    rows += [[lines[row] if row < len(lines) else "" for lines in threads] for row in range(height)]
    return "\n".join(" " + " | ".join(row) + " ;" for row in rows)


def _assembly(arch: str, name: str, initial: str, threads: Sequence[Sequence[str]], condition: str) -> str:
    return f"{arch} {name}\n{{ {initial} }}\n{_columns(threads)}\nexists ({condition})\n"


def _kernel(name: str, threads: Sequence[Sequence[str]], parameters: str, condition: str, initial: str = "") -> str:
    bodies = [
        f"P{number}({parameters})\n{{\n" + "".join(f"\t{line}\n" for line in lines) + "}\n"
        for number, lines in enumerate(threads)
    ]
    return f"C {name}\n\n{{{initial}}}\n\n" + "\n".join(bodies) + f"\nexists ({condition})\n"


def _sees(reader: int) -> tuple[str, str]:
    """The locations a reader looks at, in order: every other one the other way round."""
    return ("x", "y") if reader % 2 == 0 else ("y", "x")


def iriw_x86(readers: int) -> str:
    """Two writers, and readers that cannot agree on which came first."""
    threads = [["MOV [x],$1"], ["MOV [y],$1"]]
    threads += [[f"MOV EAX,[{a}]", f"MOV EBX,[{b}]"] for a, b in map(_sees, range(readers))]
    condition = " /\\ ".join(f"{reader + 2}:EAX=1 /\\ {reader + 2}:EBX=0" for reader in range(readers))
    return _assembly("X86", f"iriw-x86-{readers}", "", threads, condition)


def iriw_arm(readers: int) -> str:
    """The same with LDAR."""
    initial = "0:X1=x; 1:X1=y; "
    threads = [["MOV W0,#1", "STR W0,[X1]"], ["MOV W0,#1", "STR W0,[X1]"]]
    for reader in range(readers):
        a, b = _sees(reader)
        initial += f"{reader + 2}:X1={a}; {reader + 2}:X3={b}; "
        threads.append(["LDAR W0,[X1]", "LDAR W2,[X3]"])
    condition = " /\\ ".join(f"{reader + 2}:X0=1 /\\ {reader + 2}:X2=0" for reader in range(readers))
    return _assembly("AArch64", f"iriw-arm-{readers}", initial, threads, condition)


def iriw_kernel(readers: int) -> str:
    """The same with smp_mb()."""
    threads = [["WRITE_ONCE(*x, 1);"], ["WRITE_ONCE(*y, 1);"]]
    threads += [
        ["int r0;", "int r1;", f"r0 = READ_ONCE(*{a});", "smp_mb();", f"r1 = READ_ONCE(*{b});"]
        for a, b in map(_sees, range(readers))
    ]
    condition = " /\\ ".join(f"{reader + 2}:r0=1 /\\ {reader + 2}:r1=0" for reader in range(readers))
    return _kernel(f"iriw-kernel-{readers}", threads, "int *x, int *y", condition)


def one_word_x86(count: int) -> str:
    """Threads that write one word and read it; each is to see what the next one wrote."""
    threads = [[f"MOV [x],${number + 1}", "MOV EAX,[x]"] for number in range(count)]
    condition = " /\\ ".join(f"{number}:EAX={(number + 1) % count + 1}" for number in range(count))
    return _assembly("X86", f"one-word-x86-{count}", "", threads, condition)


def one_word_arm(count: int) -> str:
    """The same on Arm."""
    initial = " ".join(f"{number}:X1=x;" for number in range(count))
    threads = [[f"MOV W0,#{number + 1}", "STR W0,[X1]", "LDR W2,[X1]"] for number in range(count)]
    condition = " /\\ ".join(f"{number}:X2={(number + 1) % count + 1}" for number in range(count))
    return _assembly("AArch64", f"one-word-arm-{count}", initial, threads, condition)


def one_word_kernel(count: int) -> str:
    """The same in kernel C."""
    threads = [["int r0;", f"WRITE_ONCE(*x, {number + 1});", "r0 = READ_ONCE(*x);"] for number in range(count)]
    condition = " /\\ ".join(f"{number}:r0={(number + 1) % count + 1}" for number in range(count))
    return _kernel(f"one-word-kernel-{count}", threads, "int *x", condition)


def lock_increment(count: int) -> str:
    """Threads that increment a word under a lock; no increment is to be lost."""
    body = ["int r0;", "spin_lock(l);", "r0 = READ_ONCE(*x);", "WRITE_ONCE(*x, r0 + 1);", "spin_unlock(l);"]
    return _kernel(f"lock-increment-{count}", [body] * count, "int *x, spinlock_t *l", f"~x={count}")


def cmpxchg_mutex(count: int) -> str:
    """A lock made of cmpxchg_acquire() and a release, tried in a loop, around an increment."""
    body = [
        *["int r0;", "int r1;", "r1 = cmpxchg_acquire(l, 0, 1);"],
        *["while (r1 != 0) {", "\tr1 = cmpxchg_acquire(l, 0, 1);", "}"],
        *["r0 = READ_ONCE(*x);", "WRITE_ONCE(*x, r0 + 1);", "smp_store_release(l, 0);"],
    ]
    return _kernel(f"cmpxchg-mutex-{count}", [body] * count, "int *x, int *l", f"~x={count}")


def ticket_lock(count: int) -> str:
    """A ticket lock around an increment."""
    body = [
        *["int r0;", "int r1;", "int r2;"],
        *["r1 = atomic_fetch_add_relaxed(1, next);", "r2 = smp_load_acquire(owner);"],
        *["while (r2 != r1) {", "\tr2 = smp_load_acquire(owner);", "}"],
        *["r0 = READ_ONCE(*x);", "WRITE_ONCE(*x, r0 + 1);", "smp_store_release(owner, r1 + 1);"],
    ]
    return _kernel(f"ticket-lock-{count}", [body] * count, "int *x, atomic_t *next, int *owner", f"~x={count}")


def ring_arm(count: int) -> str:
    """Store buffering around a ring, fenced."""
    initial = " ".join(f"{number}:X1=x{number}; {number}:X3=x{(number + 1) % count};" for number in range(count))
    threads = [["MOV W0,#1", "STR W0,[X1]", "DMB SY", "LDR W2,[X3]"]] * count
    condition = " /\\ ".join(f"{number}:X2=0" for number in range(count))
    return _assembly("AArch64", f"ring-arm-{count}", initial, threads, condition)


def readers_arm(count: int) -> str:
    """Threads that each write one word once and read it twice; one of them sees it go back."""
    initial = " ".join(f"{number}:X1=x;" for number in range(count))
    threads = [[f"MOV W0,#{number + 1}", "STR W0,[X1]", "LDR W2,[X1]", "LDR W3,[X1]"] for number in range(count)]
    return _assembly("AArch64", f"readers-arm-{count}", initial, threads, f"0:X2={count} /\\ 0:X3=1")


def rcu_ring(count: int) -> str:
    """A ring of grace periods and read-side sections in turn, as many of one as of the other, or one more of the first."""
    threads, parameters = [], ", ".join(f"int *x{number}" for number in range(count))
    for number in range(count):
        read, write = f"r1 = READ_ONCE(*x{number});", f"WRITE_ONCE(*x{(number + 1) % count}, 1);"
        period = ["int r1;", read, "synchronize_rcu();", write]
        section = ["int r1;", "rcu_read_lock();", read, write, "rcu_read_unlock();"]
        threads.append(section if number % 2 else period)
    condition = " /\\ ".join(f"{number}:r1=1" for number in range(count))
    return _kernel(f"rcu-ring-{count}", threads, parameters, condition)


FAMILIES = (
    Family("iriw-x86", tuple(range(2, 13)), iriw_x86),
    Family("iriw-arm", tuple(range(2, 13)), iriw_arm),
    Family("iriw-kernel", tuple(range(2, 13)), iriw_kernel),
    Family("one-word-x86", tuple(range(2, 13)), one_word_x86),
    Family("one-word-arm", tuple(range(2, 13)), one_word_arm),
    Family("one-word-kernel", tuple(range(2, 13)), one_word_kernel),
    Family("lock-increment", tuple(range(2, 9)), lock_increment),
    Family("cmpxchg-mutex", (2, 3, 4), cmpxchg_mutex),
    Family("ticket-lock", (2, 3, 4), ticket_lock, unroll=3),
    Family("rcu-ring", (2, 4, 8, 12, 16, 19), rcu_ring),
    Family("ring-arm", (2, 4, 8, 16, 32, 64), ring_arm),
    Family("readers-arm", (2, 4, 8, 16, 24), readers_arm),
)

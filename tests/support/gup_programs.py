"""Random small .gup programs: loads, stores, atomics, fences, branches, loops, early exits, calls, pointers, switches."""

from random import Random

HEADER = """
config K : bool = true;
slot gap : none | smp_mb | smp_wmb = smp_mb;
struct node { int f; struct node *next; };

fn peek(struct node *q, int *out) -> bool {
    if (q == NULL) return false;
    int v = READ_ONCE(q->f);
    *out = v;
    if (v > 1) return false;
    if (K && v == 1) {
        WRITE_ONCE(q->f, 2);
        return true;
    }
    *out = v + 1;
    return v == 0;
}

fn handler(int *flag, struct node *q) {
    if (READ_ONCE(*flag) == 1) {
        WRITE_ONCE(q->f, 3);
        return;
    }
    smp_store_release(flag, 3);
}

fn largest(int a, int b) -> int { return a > b ? a : b; }
"""

LOCALS = ("r0", "r1", "r2")


class Writer:
    """Writes one program; ``budget`` bounds the memory accesses of each thread."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.budget = 0
        self.depth = 0

    def program(self) -> str:
        """Return the text up to the properties of its scenario, which the caller adds with the closing brace."""
        random = self.random
        threads = random.choice((2, 2, 2, 3))
        style = random.choice(("plain", "plain", "interrupt", "pinned", "rcu"))
        text = [HEADER, "scenario s {", "    int x, y;", "    atomic_t c;", "    struct node n0, n1;", "    struct node *p;"]
        text += [f"    ghost int g{number};\n    ghost int h{number};" for number in range(threads)]
        text.append(f"    init {{ n0.f = {random.randint(0, 1)}; p = &n{random.randint(0, 1)}; }}")
        for number in range(threads):
            self.budget = {2: random.randint(2, 5), 3: random.randint(1, 3)}[threads]
            self.depth = 0
            body = [f"int r0 = 0, r1 = {random.choice(('0', 'choose(0, 1)'))}, r2 = 0, i = 0, j = 0;"]
            if random.random() < 0.6:
                body.append(f"r0 = READ_ONCE({self.place()});")
            else:
                body.append(f"WRITE_ONCE({self.place()}, 1); r0 = READ_ONCE({self.place()});")
            while self.budget > 0:
                body.append(self.statement(number))
            if style == "interrupt" and number == 0:
                place = random.randint(1, len(body))
                body[place:place] = ["local_irq_save();", self.simple(), "local_irq_restore();"]
            if style == "rcu":
                self.add_rcu(body, number)
            body.append(f"g{number} = r0 + 10 * r1 + 100 * r2;")
            cpu = " on cpu0" if style == "pinned" and number != 1 else ""
            text.append(f"    thread t{number}{cpu} {{ {' '.join(body)} }}")
        if style == "pinned" and threads == 2:
            text.insert(text.index("    struct node *p;"), "    ghost int k;")
            text.append(f"    thread guest on cpu0 {{ {self.simple()} int r0 = READ_ONCE(x); k = r0 + 1; }}")
        if style == "interrupt":
            text.append(f"    interrupt t0 by handler(&{self.place()}, &n0);")
        return "\n".join(text)

    def simple(self) -> str:
        """One access that needs no register."""
        return self.random.choice(("WRITE_ONCE({0}, 1);", "smp_store_release(&{0}, 2);", "xchg(&{0}, 1);")).format(self.place())

    def add_rcu(self, body: list[str], number: int) -> None:
        """Put a read-side section around some of the statements, or a grace period between them."""
        if number == 0:
            body.insert(self.random.randint(1, len(body)), "synchronize_rcu();")
            return
        first = self.random.randint(1, len(body))
        body.insert(first, "rcu_read_lock();")
        body.insert(self.random.randint(first + 1, len(body)), "rcu_read_unlock();")

    def block(self, thread: int) -> list[str]:
        lines = []
        while self.budget > 0 and (not lines or self.random.random() < 0.75):
            lines.append(self.statement(thread))
        return lines or ["r0 = 1;"]

    def expression(self) -> str:
        random = self.random
        register = random.choice(LOCALS)
        return random.choice(
            ("1", "1", "2", register, f"{register} + 1", f"{register} ^ {register}", f"largest({register}, K)")
        )

    def condition(self) -> str:
        register = self.random.choice(LOCALS)
        other = self.random.choice(LOCALS)
        return self.random.choice(
            ("r0", "!r0", f"{register} == 1", f"{register} == 0 && {other} < 2", f"{register} || !K", f"r0 == {other}")
        )

    def place(self) -> str:
        return self.random.choice(("x", "y", "x", "y", "n0.f"))

    def statement(self, thread: int) -> str:
        random = self.random
        kinds = ["load", "store", "load", "store", "plain", "atomic", "fence", "local", "ghost", "pointer"]
        if self.depth < 2:
            kinds += ["if", "if", "loop", "call", "return"]
        kind = random.choice(kinds)
        register = random.choice(LOCALS)
        match kind:
            case "load":
                self.budget -= 1
                return random.choice(
                    (f"{register} = READ_ONCE({self.place()});", f"{register} = smp_load_acquire(&{self.place()});")
                )
            case "store":
                self.budget -= 1
                primitive = random.choice(("WRITE_ONCE({0}, {1});", "smp_store_release(&{0}, {1});"))
                return primitive.format(self.place(), self.expression())
            case "plain":
                self.budget -= 1
                return random.choice((f"{register} = {self.place()};", f"{self.place()} = {self.expression()};"))
            case "atomic":
                self.budget -= 1
                return self.atomic(register)
            case "fence":
                return random.choice(("smp_mb();", "smp_wmb();", "smp_rmb();", "slot gap;"))
            case "local":
                return f"{register} = {self.expression()};"
            case "ghost":
                return f"h{thread} = {self.expression()};"
            case "pointer":
                return self.pointer(register)
            case "call":
                self.budget -= 2
                return f"{register} = peek({random.choice(('p', '&n0', 'READ_ONCE(p)', 'NULL'))}, &{random.choice(LOCALS)});"
            case "return":
                return f"if ({self.condition()}) return;"
            case "if":
                return self.branch(thread)
            case _:
                return self.loop(thread)

    def atomic(self, register: str) -> str:
        order = self.random.choice(("", "_relaxed", "_acquire", "_release"))
        return self.random.choice(
            (
                "atomic_inc(&c);",
                f"{register} = atomic_add_return{order}(1, &c);",
                f"{register} = atomic_cmpxchg{order}(&c, {self.random.randint(0, 1)}, 2);",
                f"{register} = atomic_add_unless(&c, 1, {self.random.randint(0, 1)});",
                f"{register} = xchg{order}(&{self.place()}, {self.expression()});",
                f"{register} = atomic_try_cmpxchg(&c, &{self.random.choice([r for r in LOCALS if r != register])}, 3);",
                f"{register} = atomic_dec_and_test(&c);",
                f"{register} = atomic_read(&c);",
                f"{register} = test_and_set_bit(1, &{self.place()});",
            )
        )

    def pointer(self, register: str) -> str:
        self.budget -= 2
        return self.random.choice(
            (
                f"{register} = READ_ONCE(READ_ONCE(p)->f);",
                f"WRITE_ONCE(p->f, {self.expression()});",
                f"{{ struct node *q = READ_ONCE(p); if (q == &n0) {{ {register} = READ_ONCE(q->f); }} }}",
                "WRITE_ONCE(p, &n1);",
            )
        )

    def branch(self, thread: int) -> str:
        self.depth += 1
        text = f"if ({self.condition()}) {{ {' '.join(self.block(thread))} }}"
        if self.random.random() < 0.5 and self.budget > 0:
            text += f" else {{ {' '.join(self.block(thread))} }}"
        self.depth -= 1
        return text

    def loop(self, thread: int) -> str:
        self.depth += 1
        before = self.budget
        self.budget = min(self.budget, 1)
        body = self.block(thread)
        self.budget = before - 2
        leave = self.random.choice((f"if ({self.condition()}) break;", f"if ({self.condition()}) continue;", ""))
        body.insert(self.random.randint(0, len(body)), leave)
        inner, counter = " ".join(body), "ij"[self.depth - 1]
        self.depth -= 1
        return self.random.choice(
            (
                f"for ({counter} = 0; {counter} < 2; {counter}++) {{ {inner} }}",
                f"while (READ_ONCE({self.place()}) == 0) bound 2 {{ {inner} }}",
                f"do {{ {inner} }} while ({self.condition()}) bound 2;",
            )
        )


def random_text(random: Random) -> str:
    """Return a program up to its scenario's properties."""
    return Writer(random).program()

"""Random .gup texts that take risks: NULL and stray pointers, array indices, asserts, waits, locks, loops cut short, overflow.

Threads are kept so short that every execution can be enumerated.
"""

from random import Random

HEADER = """
config K : bool = true;
config MODE : red | green | blue = red;
slot gap : none | smp_mb | smp_wmb = smp_mb;
struct node { int f; struct node *next; };

fn chase(struct node *q, int most) -> int {
    for (int i = 0; i < 2; i++) {
        if (q == NULL) return i;
        if (READ_ONCE(q->f) >= most) return 10 + i;
        q = READ_ONCE(q->next);
    }
    return 20;
}

fn settle(int *flag, int *out) -> bool {
    int v = READ_ONCE(*flag);
    assert(v < 3, small);
    if (v == 2) return false;
    if (MODE == blue && v == 1) { *out = 5; return true; }
    *out = v;
    return v != 0;
}

fn handler(int *flag) {
    if (READ_ONCE(*flag) == 1) return;
    WRITE_ONCE(*flag, 2);
}

fn start(int which) -> int { return MODE == green ? which + 1 : which; }
"""

MEMORY = "int x, y, a[2]; atomic_t c; spinlock_t lock; struct node n0, n1; struct node *p;"


class _Writer:
    def __init__(self, random: Random) -> None:
        self.random = random
        self.budget = 0
        self.depth = 0
        self.locks = 0

    def text(self) -> str:
        random = self.random
        threads = random.choice((2, 2, 2, 3))
        lines = [HEADER, f"scenario s {{ {MEMORY}", *(f"ghost int g{number};" for number in range(threads))]
        first = random.choice(("&n0", "&n1", "NULL", "choose(0, 1) ? &n0 : NULL"))
        link = random.choice(("&n1", "&n0", "NULL"))
        lines.append(f"init {{ p = {first}; n0.next = {link}; x = start({random.choice(('0', '1', 'choose(0, 1)'))}); }}")
        for number in range(threads):
            self.budget, self.depth = {2: random.randint(2, 4), 3: random.randint(1, 2)}[threads], 0
            body = ["int r = 0, v = 0, i = 0;"]
            while self.budget > 0:
                body.append(self.statement())
            lines.append(f"thread t{number} {{ {' '.join(body)} g{number} = r + 100 * v; }}")
        lines += [f"interrupt t0 by handler(&{self.place()});" for _ in range(random.choice((0, 0, 0, 1, 2)))]
        return "\n".join(lines)

    def place(self) -> str:
        return self.random.choice(("x", "x", "y", "n0.f", "a[1]"))

    def value(self) -> str:
        return self.random.choice(("1", "2", "r", "r + 1", "v", "MODE", "choose(1, 2)", "K ? r : 3", "2147483647 + r"))

    def condition(self) -> str:
        return self.random.choice(("r", "!r", "r == 1", "v > r", "r && !v", "K || v", "MODE == green && r", "MODE != red"))

    def block(self) -> str:
        self.depth += 1
        parts = [self.statement()]
        if self.budget > 0 and self.random.random() < 0.5:
            parts.append(self.statement())
        self.depth -= 1
        return " ".join(parts)

    def statement(self) -> str:
        random = self.random
        kind = random.choice(
            ("load", "load", "store", "store", "pointer", "pointer", "array", "atomic", "fence", "call", "check")
        )
        if self.depth < 2 and random.random() < 0.4:
            kind = random.choice(("if", "if", "else", "loop", "wait", "lock", "rcu", "local", "off", "retry"))
        if kind not in ("fence", "check", "local"):
            self.budget -= 1
        register = random.choice(("r", "r", "v"))
        match kind:
            case "load":
                return random.choice(
                    (f"{register} = READ_ONCE({self.place()});", f"{register} = smp_load_acquire(&{self.place()});")
                )
            case "store":
                primitive = random.choice(("WRITE_ONCE({0}, {1});", "smp_store_release(&{0}, {1});", "{0} = {1};"))
                return primitive.format(self.place(), self.value())
            case "pointer":
                return self.pointer(register)
            case "array":
                index = random.choice(("r", "v", "i", "r - 1", "READ_ONCE(y)"))
                return random.choice((f"{register} = READ_ONCE(a[{index}]);", f"WRITE_ONCE(a[{index}], {self.value()});"))
            case "atomic":
                return self.atomic(register)
            case "fence":
                return random.choice(("smp_mb();", "smp_wmb();", "slot gap;"))
            case "call":
                return random.choice(
                    (
                        f"{register} = chase({random.choice(('&n0', 'READ_ONCE(p)', 'NULL'))}, {random.randint(0, 2)});",
                        f"{register} = settle(&{self.place()}, &{random.choice('rv')});",
                    )
                )
            case "check":
                return random.choice(("assert({0});", "assert({0}, other);", "assume({0});")).format(self.condition())
            case "if":
                return f"if ({self.condition()}) {{ {self.block()} }}"
            case "else":
                return f"if ({self.condition()}) {{ {self.block()} }} else {{ {self.block()} }}"
            case "loop":
                leave = random.choice(("if (r) break;", "if (v) continue;", "if (MODE == red) break;", "if (v) return;", ""))
                inner = f"{leave} {self.block()}"
                condition = random.choice((f"READ_ONCE({self.place()}) == 0", self.condition()))
                return random.choice(
                    (f"while ({condition}) bound 1 {{ {inner} }}", f"do {{ {inner} }} while ({condition}) bound 1;")
                )
            case "wait":
                return random.choice(
                    (
                        f"await (READ_ONCE({self.place()}) != 0);",
                        f"{register} = smp_cond_load_acquire(&{self.place()}, VAL > {random.randint(0, 1)});",
                        f"await (READ_ONCE({self.place()}) == 0 || {self.condition()});",
                    )
                )
            case "lock":
                end = random.choice(("spin_unlock(&lock);", "spin_unlock(&lock);", ""))
                begin = random.choice(("spin_lock(&lock); {0} {1}", "if (spin_trylock(&lock)) {{ {0} {1} }}"))
                return begin.format(self.block(), end)
            case "rcu":
                return (
                    f"rcu_read_lock(); {self.block()} rcu_read_unlock();"
                    if random.random() < 0.7 or self.depth
                    else "synchronize_rcu();"
                )
            case "local":
                return f"{register} = {random.choice(('choose(0, 1)', 'v + 1', 'r - 1', 'r ^ r', 'MODE'))};"
            case "off":
                return f"local_irq_save(); {self.block()} local_irq_restore();"
            case _:
                return (
                    f"{{ int o = READ_ONCE(x); do {{ {register} = o + 1; }}"
                    f" while (!atomic_try_cmpxchg{random.choice(('', '_relaxed'))}(&c, &o, {register})) bound 1; }}"
                )

    def pointer(self, register: str) -> str:
        return self.random.choice(
            (
                f"{register} = READ_ONCE(READ_ONCE(p)->f);",
                f"WRITE_ONCE(READ_ONCE(p)->f, {self.value()});",
                "WRITE_ONCE(p, choose(0, 1) ? &n1 : NULL);",
                "WRITE_ONCE(p, READ_ONCE(n0.next));",
                "WRITE_ONCE(READ_ONCE(p)->next, &n1);",
                f"{{ struct node *q = READ_ONCE(p); if (q != NULL) {{ {register} = READ_ONCE(q->f); }} }}",
                f"{{ struct node *q = READ_ONCE(p); if (q && READ_ONCE(q->next) == &n1) WRITE_ONCE(q->f, {self.value()}); }}",
                f"{{ int *w = {self.condition()} ? &x : &a[{register} & 1]; WRITE_ONCE(*w, {self.value()}); }}",
                f"{{ int *w = &a[0] + {register}; {register} = READ_ONCE(*w); }}",
            )
        )

    def atomic(self, register: str) -> str:
        return self.random.choice(
            (
                "atomic_inc(&c);",
                "atomic_sub(2, &c);",
                f"{register} = atomic_fetch_add{self.random.choice(('', '_relaxed', '_acquire', '_release'))}(1, &c);",
                f"{register} = atomic_cmpxchg(&c, {self.random.choice(('0', 'r'))}, 2);",
                f"{register} = atomic_add_unless(&c, 1, {self.random.randint(0, 1)});",
                f"{register} = atomic_dec_and_test(&c);",
                f"{register} = xchg(&{self.place()}, {self.value()});",
                f"set_bit(1, &{self.place()});",
                f"{register} = test_and_clear_bit(0, &x);",
                f"{register} = atomic_try_cmpxchg(&c, &{'v' if register == 'r' else 'r'}, 3);",
            )
        )


PROPOSITIONS = """
property sum : g0 + g1 < 102 || x != 2;
property through : p->f < 2;
property list : chase_final(p) < 2;
property indexed : a[g0 & 3] < 2;
cover both : g0 == 1 && g1 == 1;
cover ends : x != y;
cover linked : p->next == &n1;
"""

FINAL = """
fn chase_final(struct node *q) -> int { int n = 0; while (q != NULL && n < 9) bound 2 { n = n + 1; q = q->next; } return n; }
"""


def daring_text(random: Random) -> str:
    """Return a random file with one scenario, ``s``."""
    return f"{FINAL}{_Writer(random).text()}\n{PROPOSITIONS}}}\n"

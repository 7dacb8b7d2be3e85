"""Random .gup programs that mix everything the language has, small enough for every execution to be looked at.

RCU and SRCU with callbacks, interrupts, threads that share a CPU, locks, waits, asserts, assumptions, faults, arrays,
pointers with tags, slots, switches, choices, and integers of all sizes that wrap. Nothing is read before it has a value, and no
number depends on where memory lies.
"""

from random import Random

HEADER = """
config K : bool = true;
config MODE : red | green | blue = green;
slot gap : none | smp_wmb | smp_mb = {gap};
slot put : plain | WRITE_ONCE | smp_store_release = {put};
slot look : plain | READ_ONCE | smp_load_acquire = {look};
slot count : atomic_fetch_add_relaxed | atomic_fetch_add_acquire | atomic_fetch_add = {count};
struct node {{ int f; struct node *next; }};

fn peek(struct node *q, int *out) -> bool {{
    if (q == NULL) return false;
    int v = READ_ONCE(q->f);
    *out = v;
    if (K && v == 1) {{
        WRITE_ONCE(q->f, 2);
        return true;
    }}
    return v;
}}

fn settle(int *flag) -> u8 {{
    int v = READ_ONCE(*flag);
    assert(v < 3, small);
    return v - 1;
}}

fn later(int *word, int value) {{ WRITE_ONCE(*word, value); }}
fn check_later(int *word, int value) {{ assert(READ_ONCE(*word) != value, late); }}
fn guarded_later(struct node *q) {{ rcu_read_lock(); WRITE_ONCE(q->f, READ_ONCE(q->f) + 4); rcu_read_unlock(); }}

fn after_that(int *word, int value) {{ call_rcu(later(word, value)); }}
fn waits_later(int *word, int value) {{ synchronize_rcu(); WRITE_ONCE(*word, value); }}

fn ipi(int *word, int *came) {{ *came = *came + 1; WRITE_ONCE(*word, 5); }}
fn look_ipi(int *word, int *came) {{ rcu_read_lock(); *came = READ_ONCE(*word); rcu_read_unlock(); }}
fn queue_ipi(int *word, int *came) {{ *came = 1; call_rcu(later(word, 3)); }}
fn assert_ipi(int *word, int *came) {{ assert(*came == 0 || READ_ONCE(*word) < 2, quiet); }}
"""

MEMORY = (
    "int x, y, a[2]; u8 n8; short n16; unsigned int n32; unsigned long w; atomic_t c; spinlock_t lock; struct srcu_struct ss; "
    "struct node n0, n1; struct node *p;"
)

HANDLERS = ("ipi", "look_ipi", "assert_ipi", "queue_ipi")
LOCALS = "int r = 0, v = 0; u8 b = 255; unsigned int u = 0; long l = -1;"

PROPOSITIONS = """
property sum : g0 + g1 != 3 || x != 2;
property through : p->f < 5;
property indexed : a[g0 & 3] < 5;
property counted : no_overflow;
property narrow : n8 < 200 && n16 >= 0;
cover both : g0 == 1 && g1 == 1;
cover differ : x != y;
cover linked : p->next == &n1;
cover came : h0 > 0;
"""


def mixed_text(random: Random) -> str:
    """Return a file with one scenario, ``s``, with properties and covers."""
    return f"{mixed_head(random)}\n{PROPOSITIONS}}}\n"


def mixed_head(random: Random) -> str:
    """Return the same up to the properties, for a caller that has others and the closing brace."""
    return _Writer(random).text()


class _Writer:
    """Writes one program; ``budget`` bounds the steps of a thread, more or less."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.budget = 0
        self.depth = 0
        self.thread = 0
        # A program has a few habits, so that what it mixes meets more than once.
        names = ("rcu", "srcu", "irq", "lock", "wait", "check", "integers", "pointers", "atomics", "slots")
        self.habits = sorted(random.sample(names, random.randint(2, 5)))

    def text(self) -> str:
        random = self.random
        threads = random.choice((2, 2, 2, 3))
        fields = {
            "gap": random.choice(("none", "smp_wmb", "smp_mb")),
            "put": random.choice(("plain", "WRITE_ONCE", "smp_store_release")),
            "look": random.choice(("plain", "READ_ONCE", "smp_load_acquire")),
            "count": random.choice(("atomic_fetch_add_relaxed", "atomic_fetch_add_acquire", "atomic_fetch_add")),
        }
        lines = [HEADER.format(**fields), f"scenario s {{ {MEMORY}"]
        lines += [f"ghost int g{number}, h{number};" for number in range(threads)]
        lines.append(f"init {{ {self.initial()} }}")
        shares = random.random() < 0.35
        for number in range(threads):
            self.thread, self.depth = number, 0
            self.budget = {2: random.randint(3, 5), 3: random.randint(2, 3)}[threads]
            body = [LOCALS]
            while self.budget > 0:
                body.append(self.statement())
            cpu = " on cpu0" if shares and number != 1 else ""
            cpu = cpu or (" on cpu0" if shares and threads == 2 else "")
            end = random.choice(("r", "v", "r + v", "b", "(int)u", "(int)l"))
            lines.append(f"thread t{number}{cpu} {{ {' '.join(body)} g{number} = {end}; }}")
        if "irq" in self.habits or random.random() < 0.25:
            for _ in range(random.choice((1, 1, 2))):
                number = random.randrange(threads)
                word = random.choice(("x", "y", "n0.f"))
                lines.append(f"interrupt t{number} by {random.choice(HANDLERS)}(&{word}, &h{number});")
        return "\n".join(lines)

    def initial(self) -> str:
        random = self.random
        parts = [
            f"p = {random.choice(('&n0', '&n1', 'NULL', 'choose(0, 1) ? &n0 : NULL', '&n0'))};",
            f"n0.next = {random.choice(('&n1', 'NULL'))};",
            f"x = {random.choice(('0', '0', '1', 'choose(0, 1)', 'MODE'))};",
        ]
        if "atomics" in self.habits:
            parts.append(f"c = {random.choice(('0', '2147483647', '1', '-2147483647 - 1'))};")
        if "integers" in self.habits:
            parts.append(f"n8 = {random.choice(('255', '0', '7'))}; n16 = {random.choice(('32767', '-1'))};")
            parts.append(f"n32 = {random.choice(('0', '4294967295'))};")
        if "pointers" in self.habits:
            parts.append(f"w = (unsigned long)&n{random.randint(0, 1)} + {random.randint(0, 1)};")
        return " ".join(parts)

    # ── pieces ───────────────────────────────────────────────────────────────────────────────────────────────────────

    def word(self) -> str:
        return self.random.choice(("x", "x", "y", "y", "n0.f", "a[1]"))

    def value(self) -> str:
        return self.random.choice(("1", "2", "r", "r + 1", "v", "MODE", "choose(1, 2)", "K ? r : 3", f"h{self.thread}"))

    def condition(self) -> str:
        return self.random.choice(
            ("r", "!r", "r == 1", "v > r", "r && !v", "!K || v", "MODE == green && r", "b > 250", "u > l", "h{0} == 0", "l < 0")
        ).format(self.thread)

    def register(self) -> str:
        return self.random.choice("rrv")

    def block(self) -> str:
        self.depth += 1
        parts = [self.statement()]
        if self.budget > 0 and self.random.random() < 0.5:
            parts.append(self.statement())
        self.depth -= 1
        return " ".join(parts)

    def statement(self) -> str:
        random = self.random
        kinds = ["load", "store", "load", "store", "plain", "fence", "ghost", "array", "call", "idiom", "idiom"]
        kinds += [name for name in self.habits if name in ("check", "integers", "pointers", "atomics", "slots")] * 2
        if self.depth < 2:
            kinds += ["if", "else", "loop"]
            kinds += [name for name in self.habits if name in ("rcu", "srcu", "irq", "lock", "wait")] * 3
        kind = random.choice(kinds)
        self.budget -= 2 if kind == "idiom" else 0 if kind in ("check", "integers") and random.random() < 0.5 else 1
        return getattr(self, f"_{kind}")()

    # ── statements ───────────────────────────────────────────────────────────────────────────────────────────────────

    def _idiom(self) -> str:
        """What goes together: the halves of the classic tests, with what may or may not order them between."""
        one, other = self.random.choice(("xy", "yx"))
        between = self.random.choice(("smp_mb();", "slot gap;", "atomic_inc(&c);", ""))
        patterns = [
            "WRITE_ONCE({0}, 1); {2} r = READ_ONCE({1});",
            "WRITE_ONCE({0}, 1); {2} WRITE_ONCE({1}, 2);",
            "r = READ_ONCE({0}); {2} v = READ_ONCE({1});",
            "r = READ_ONCE({0}); {2} WRITE_ONCE({1}, 1);",
        ]
        if "rcu" in self.habits:
            patterns += [
                "rcu_read_lock(); r = READ_ONCE({0}); v = READ_ONCE({1}); rcu_read_unlock();",
                "rcu_read_lock(); r = READ_ONCE({0}); WRITE_ONCE({1}, 2); rcu_read_unlock();",
                "WRITE_ONCE({0}, 1); synchronize_rcu(); WRITE_ONCE({1}, 1);",
                "WRITE_ONCE({0}, 1); synchronize_rcu(); v = READ_ONCE({1});",
                "WRITE_ONCE({0}, 1); call_rcu(later(&{1}, 1));",
                "WRITE_ONCE({0}, 1); call_rcu(later(&{0}, 2));",
                "WRITE_ONCE({0}, 1); call_rcu(after_that(&{1}, 1));",
                "WRITE_ONCE({0}, 1); call_rcu(waits_later(&{1}, 1));",
                "WRITE_ONCE({0}, 1); call_rcu(check_later(&{0}, 0));",
                "v = READ_ONCE({0}); call_rcu(later(&{1}, v + 1));",
            ]
        if "srcu" in self.habits:
            patterns += [
                "{{ int k = srcu_read_lock(&ss); r = READ_ONCE({0}); v = READ_ONCE({1}); srcu_read_unlock(&ss, k); }}",
                "WRITE_ONCE({0}, 1); synchronize_srcu(&ss); WRITE_ONCE({1}, 1);",
                "r = READ_ONCE({0}); synchronize_srcu(&ss); v = READ_ONCE({1});",
            ]
        return self.random.choice(patterns).format(one, other, between)

    def _load(self) -> str:
        pattern = self.random.choice(("{0} = READ_ONCE({1});", "{0} = smp_load_acquire(&{1});", "{0} = {1};"))
        return pattern.format(self.register(), self.word())

    def _store(self) -> str:
        pattern = self.random.choice(("WRITE_ONCE({0}, {1});", "smp_store_release(&{0}, {1});", "smp_store_mb({0}, {1});"))
        return pattern.format(self.word(), self.value())

    def _plain(self) -> str:
        word, register = self.word(), self.register()
        return self.random.choice((f"{word} = {self.value()};", f"{word} += 1;", f"{register} = {word}++;", f"--{word};"))

    def _fence(self) -> str:
        return self.random.choice(("smp_mb();", "smp_wmb();", "smp_rmb();", "barrier();", "slot gap;", "tlbi_sync();"))

    def _ghost(self) -> str:
        ghost = f"h{self.thread}"
        return self.random.choice((f"{ghost} = {ghost} + 1;", f"{self.register()} = {ghost};", f"{ghost} = r;"))

    def _array(self) -> str:
        index = self.random.choice(("r", "v", "r & 1", "1", "READ_ONCE(y)", "b & 1"))
        return self.random.choice((f"{self.register()} = READ_ONCE(a[{index}]);", f"WRITE_ONCE(a[{index}], {self.value()});"))

    def _call(self) -> str:
        return self.random.choice(
            (
                f"r = peek({self.random.choice(('&n0', 'READ_ONCE(p)', 'NULL'))}, &{self.random.choice('rv')});",
                f"b = settle(&{self.word()});",
            )
        )

    def _check(self) -> str:
        pattern = self.random.choice(("assert({0});", "assert({0}, other);", "assert({0}, no_overflow);", "assume({0});"))
        return pattern.format(self.condition())

    def _integers(self) -> str:
        return self.random.choice(
            (
                "b += 3;",
                "b = b << 4;",
                "r = b + 1;",
                "u = u - 1;",
                "u = r - 2;",
                "l = u + r;",
                "v = (s8)(b + r);",
                "r = (u8)~v;",
                "v = r % 3 - v / 2;",
                "v = -7 / (r | 1);",
                "r = l < u;",
                "r = 5 / v;",
                "v = 1 << r;",
                "r = r - 1 >> 1;",
                "v = r * 1073741824;",
                "n8 = n8 + b;",
                "n8++;",
                "r = READ_ONCE(n8);",
                "n16 += r + 1;",
                "v = n16--;",
                "u = READ_ONCE(n32);",
                "WRITE_ONCE(n32, u + 1);",
                "r = READ_ONCE(n32) > -1;",
                "r ^= v | 4;",
            )
        )

    def _pointers(self) -> str:
        register = self.register()
        return self.random.choice(
            (
                f"{register} = READ_ONCE(READ_ONCE(p)->f);",
                f"WRITE_ONCE(READ_ONCE(p)->f, {self.value()});",
                "WRITE_ONCE(p, choose(0, 1) ? &n1 : NULL);",
                "rcu_assign_pointer(p, READ_ONCE(n0.next));",
                f"{{ struct node *q = rcu_dereference(p); if (q) {register} = READ_ONCE(q->f); }}",
                f"{{ int *i = {self.condition()} ? &x : &a[{register} & 1]; WRITE_ONCE(*i, {self.value()}); }}",
                f"{{ int *i = &a[0] + {register}; {register} = READ_ONCE(*i); }}",
                f"if (READ_ONCE(w) & 1) {register} = READ_ONCE(((struct node *)(READ_ONCE(w) - 1))->f);",
                "WRITE_ONCE(w, (unsigned long)&n1 + (r == 1));",
                f"{register} = xchg(&p, &n1) == &n0;",
            )
        )

    def _atomics(self) -> str:
        register = self.register()
        order = self.random.choice(("", "_relaxed", "_acquire", "_release"))
        return self.random.choice(
            (
                "atomic_inc(&c);",
                "atomic_sub(2, &c);",
                f"{register} = atomic_add_return{order}(1, &c);",
                f"{register} = atomic_fetch_xor{order}(3, &c);",
                f"{register} = atomic_cmpxchg{order}(&c, {self.random.choice(('0', 'r'))}, 2);",
                f"{register} = atomic_add_unless(&c, 1, {self.random.randint(0, 1)});",
                f"{register} = atomic_dec_and_test(&c);",
                f"{register} = atomic_dec_if_positive(&c);",
                f"{register} = atomic_add_negative(1, &c);",
                f"{register} = xchg{order}(&{self.word()}, {self.value()});",
                f"set_bit(31, &{self.word()});",
                f"{register} = test_and_set_bit_lock(0, &x);",
                "clear_bit_unlock(0, &x);",
                f"{register} = test_bit(1, &{self.word()});",
                f"{register} = atomic_try_cmpxchg{order}(&c, &{'v' if register == 'r' else 'r'}, 3);",
            )
        )

    def _slots(self) -> str:
        register = self.register()
        return self.random.choice(
            (
                f"slot put({self.word()}, {self.value()});",
                f"{register} = slot look({self.word()});",
                f"{register} = slot count(1, &c);",
                "slot gap;",
            )
        )

    def _if(self) -> str:
        return f"if ({self.condition()}) {{ {self.block()} }}"

    def _else(self) -> str:
        return f"if ({self.condition()}) {{ {self.block()} }} else {{ {self.block()} }}"

    def _loop(self) -> str:
        leave = self.random.choice(("if (r) break;", "if (v) continue;", "if (MODE == red) break;", "if (v) return;", ""))
        inner = f"{leave} {self.block()}"
        condition = self.random.choice((f"READ_ONCE({self.word()}) == 0", self.condition()))
        return self.random.choice(
            (
                f"while ({condition}) bound {self.random.randint(1, 2)} {{ {inner} }}",
                f"do {{ {inner} }} while ({condition}) bound 1;",
                f"for (int i = 0; i < 2; i++) {{ {inner} }}",
            )
        )

    def _rcu(self) -> str:
        word = self.random.choice(("x", "y", "n0.f"))
        section = f"rcu_read_lock(); {self.block()} rcu_read_unlock();"
        return self.random.choice(
            (
                section,
                section,
                f"rcu_read_lock(); {section} rcu_read_unlock();",
                "synchronize_rcu();",
                "synchronize_rcu();",
                f"call_rcu(later(&{word}, {self.value()}));",
                f"call_rcu(after_that(&{word}, {self.value()}));",
                f"call_rcu(check_later(&{word}, {self.random.randint(0, 1)}));",
                "call_rcu(guarded_later(&n0));",
            )
        )

    def _srcu(self) -> str:
        if self.random.random() < 0.4:
            return "synchronize_srcu(&ss);"
        return f"{{ int k = srcu_read_lock(&ss); {self.block()} srcu_read_unlock(&ss, k); }}"

    def _irq(self) -> str:
        begin, end = self.random.choice(
            (
                ("local_irq_save();", "local_irq_restore();"),
                ("local_irq_disable();", "local_irq_enable();"),
                ("preempt_disable();", "preempt_enable();"),
            )
        )
        return f"{begin} {self.inside()} {end}"

    def inside(self) -> str:
        """A block that control does not leave but at its end."""
        return self.block().replace("return;", "r = 2;")

    def _lock(self) -> str:
        return self.random.choice(
            ("spin_lock(&lock); {0} spin_unlock(&lock);", "if (spin_trylock(&lock)) {{ {0} {1} }}")
        ).format(self.block(), self.random.choice(("spin_unlock(&lock);", "spin_unlock(&lock);", "")))

    def _wait(self) -> str:
        word = self.word()
        return self.random.choice(
            (
                f"await (READ_ONCE({word}) != 0);",
                f"await (READ_ONCE({word}) == READ_ONCE({self.word()}));",
                f"{self.register()} = smp_cond_load_acquire(&{word}, VAL > {self.random.randint(0, 1)});",
                f"await (READ_ONCE({word}) == 0 || {self.condition()});",
                f"await (h{self.thread} || READ_ONCE({word}));",
            )
        )

"""Random small programs whose accesses and fences are chosen by slots."""

from random import Random

ALTERNATIVES = {
    "look": ("plain", "READ_ONCE", "smp_load_acquire"),
    "put": ("plain", "WRITE_ONCE", "smp_store_release"),
    "count": ("atomic_fetch_add_relaxed", "atomic_fetch_add_acquire", "atomic_fetch_add_release", "atomic_fetch_add"),
    "swap": ("cmpxchg_relaxed", "cmpxchg_acquire", "cmpxchg_release", "cmpxchg"),
    "grab": ("test_and_set_bit_lock", "test_and_set_bit"),
    "bump": ("atomic_inc", "atomic_inc_return_relaxed", "atomic_inc_return_release", "atomic_inc_return"),
    "take": ("atomic_xchg_relaxed", "atomic_xchg_acquire", "atomic_xchg"),
    "gap": ("none", "barrier", "smp_rmb", "smp_wmb", "smp_mb__after_atomic", "smp_mb"),
}
_KINDS = ("look", "look", "put", "put", "count", "swap", "grab", "take", "bump", "gap", "gap")
_USES = {
    "look": "{register} = slot {slot}({word});",
    "put": "slot {slot}({word}, {value});",
    "count": "{register} = slot {slot}(1, &c);",
    "swap": "{register} = slot {slot}(&{word}, {value}, 2);",
    "grab": "{register} = slot {slot}(0, &w);",
    "take": "{register} = slot {slot}(&c, {value});",
    "bump": "slot {slot}(&c);",
    "gap": "slot {slot};",
}
_FIXED = (
    "{register} = READ_ONCE({word});",
    "WRITE_ONCE({word}, {value});",
    "WRITE_ONCE({word}, {register} + 1);",
    "smp_store_release(&{word}, {value});",
    "smp_mb();",
    "if ({register} == 0) WRITE_ONCE({word}, {value});",
    "if ({register} == 1) {{ {register} = READ_ONCE({word}); }}",
)
# What may run past its bound, wait for ever, or be assumed away, in some placements or in all.
_DARING = (
    "while (READ_ONCE({word}) == {one}) bound {bound} {{ {slotted} }}",
    "while (r0 == {one} && READ_ONCE({word}) == 0) bound {bound} {{ r1 = r1 + 1; {slotted} }}",
    "for (int i = 0; i < {bound}; i++) bound {bound} {{ {register} = READ_ONCE({word}); {slotted} }}",
    "await (READ_ONCE({word}) == {one});",
    "{register} = READ_ONCE({word}); assume({register} == {one});",
    "{register} = READ_ONCE({word}); assert({register} != 2);",
)
# The same where a reader of two words has seen the second store and not the first: the slots decide whether that happens.
_STALE = (
    "while (r0 == 1 && r1 == 0) bound {bound} {{ r1 = READ_ONCE({word}); {slotted} }}",
    "if (r0 == 1 && r1 == 0) {{ assert(r0 < 5); }}",
    "await (r0 == 0 || r1 == 1);",
    "assume(r0 == 1 && r1 == 0);",
    "assert(!(r0 == 1 && r1 == 0));",
)
_PASSING = (("put", "gap", "put"), ("look", "gap", "look"))
_LITMUS = (  # store buffering, message passing, load buffering
    (("put", "gap", "look"), ("put", "gap", "look")),
    _PASSING,
    (("look", "gap", "put"), ("look", "gap", "put")),
    (("put", "count", "look"), ("count", "put", "swap")),
    (("put", "take", "put"), ("grab", "take", "look")),
    (("put", "grab", "look"), ("put", "grab", "look")),
    (("put", "bump", "look"), ("take", "gap", "look")),
)


def random_slotted(random: Random, *, daring: bool = False) -> str:
    """Return a file with one scenario ``s``, its properties named by numbers, and a handful of slots.

    Args:
        random: makes it.
        daring: with loops that have bounds, waiting, asserts, assumptions, and covers.

    """
    return _Writer(random, daring=daring).program()


class _Writer:
    def __init__(self, random: Random, *, daring: bool) -> None:
        self.random = random
        self.daring = daring
        self.slots: dict[str, str] = {}  # slot → kind

    def program(self) -> str:
        random = self.random
        shape = random.choice(_LITMUS) if random.random() < 0.6 else None
        dares = random.choice((0, 1)) if self.daring else -1
        stale = self.daring and random.random() < 0.7
        if stale:
            shape, dares = _PASSING, 1
        threads = []
        for number in range(2):
            kinds = shape[number] if shape else [random.choice((*_KINDS, "")) for _ in range(random.randint(2, 3))]
            words = random.sample("xy", 2) if number and random.random() < 0.3 else ["xy", "yx"][number]
            lines = [self.statement(kind, words[place > 0], place) for place, kind in enumerate(kinds)]
            if number == dares and stale:
                lines.append(self.dare(_STALE, words[1]))
            elif number == dares:
                lines.insert(random.randint(1, len(lines)), self.dare(_DARING, random.choice(words)))
            ends = f"a{number} = r0; b{number} = r1;"
            threads.append(f"    thread t{number} {{ int r0 = 0, r1 = 0; {' '.join(lines)} {ends} }}")
        declared = [
            f"slot {name} : {' | '.join(ALTERNATIVES[kind])} = {random.choice(ALTERNATIVES[kind])};"
            for name, kind in self.slots.items()
        ]
        ghosts = " ".join(f"ghost int a{number}, b{number};" for number in range(2))
        head = [*declared, "scenario s {", f"    int x, y; atomic_t c; unsigned long w = {random.randint(0, 1)}; {ghosts}"]
        return "\n".join([*head, *threads, *self.properties(), *(self.covers() if self.daring else ()), "}"])

    def statement(self, kind: str, word: str, place: int) -> str:
        random = self.random
        pattern = _USES[kind] if kind else random.choice(_FIXED)
        value = random.randint(0, 1) if kind == "swap" else 1
        filled = pattern.format(slot=self.slot(kind) if kind else "", word=word, register=f"r{place > 1:d}", value=value)
        return f"if (r0 == {random.randint(0, 1)}) {{ {filled} }}" if place and random.random() < 0.15 else filled

    def dare(self, ways: tuple[str, ...], word: str) -> str:
        random = self.random
        slotted = f"slot {self.slot('gap')};" if random.random() < 0.5 else ""
        filled = {
            "word": word,
            "register": f"r{random.randint(0, 1)}",
            "one": random.choice((0, 1, 1)),
            "bound": random.randint(1, 2),
        }
        return random.choice(ways).format(slotted=slotted, **filled)

    def covers(self) -> list[str]:
        random = self.random
        words = ("a0", "b0", "a1", "b1", "x", "y")
        tests = [" && ".join(f"{word} == {random.randint(0, 1)}" for word in random.sample(words, 2)) for _ in range(2)]
        tests += ["a1 == 1 && b1 == 0"] if random.random() < 0.5 else []
        return [f"    cover c{number} : {test};" for number, test in enumerate(tests)]

    def slot(self, kind: str) -> str:
        """Return a slot of a kind; an earlier one of it sometimes, and where there are enough."""
        earlier = [name for name, other in self.slots.items() if other == kind]
        if earlier and (self.random.random() < 0.3 or len(self.slots) >= 4):
            return self.random.choice(earlier)
        name = f"{kind}{len(self.slots)}"
        self.slots[name] = kind
        return name

    def properties(self) -> list[str]:
        tests = [
            " && ".join(f"{ghost} == {self.random.randint(0, 1)}" for ghost in self.random.sample(("a0", "b0", "a1", "b1"), 2))
            for _ in range(4)
        ]
        tests += ["x == 1 && y == 1 && b0 == 0 && b1 == 0", "a1 == 1 && b1 == 0", "a0 == 1 && a1 == 1"]
        tests += ["a0 > 5", "b0 > 5"] if self.daring else []  # which never is
        return [f"    property p{number} : !({test});" for number, test in enumerate(tests)]

"""Random cat models, as text: every operator of the algebra, recursion, and every kind of axiom that is a constraint."""

from random import Random

RELATIONS = (
    "po",
    "rf",
    "co",
    "fr",
    "loc",
    "int",
    "ext",
    "addr",
    "data",
    "ctrl",
    "rmw",
    "po-loc",
    "com",
    "rfe",
    "coi",
    "id",
    "same-values",
    "one-instruction",
    "feeds",
)
SETS = ("R", "W", "M", "F", "IW", "A", "L", "X", "DMB.ISH", "_")
COMMON = ("po | com", "po-loc | com", "po | rf", "com", "(po & (M * M)) | rfe | fr | co")
# What one pair can be in for several reasons at once.
RICH = (
    "fr", "co ; rf", "com+", "po ; com", "com ; com", "rf ; po", "fr ; rf", "(po | rf)+", "~(com ; com)",
    "[range(rf & ext)] ; po", "[M \\ range(rf & ext)] ; po", "po ; [W \\ range(co)]", "[~domain(co ; co)] ; po",
    "(po ; [R \\ range(rf & ext)])?",
)  # fmt: skip
FOUNDATION = """"random"
acyclic rf | addr | (addr ; po) | data | ctrl | rmw as causes
"""


class ModelWriter:
    """Writes one model; the variables of recursions stand where more of them means more of what is defined."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.names: dict[str, list[str]] = {"rel": [], "set": []}

    def text(self) -> str:
        """A model in which values have causes, often with coherence, and with one to three axioms more."""
        random = self.random
        lines = [FOUNDATION]
        if random.random() < 0.6:
            lines.append("acyclic po-loc | com as coherence")
        lines += [self.definition(number) for number in range(random.choice((0, 0, 1, 1, 2)))]
        lines += [self.axiom() for _ in range(random.choice((1, 1, 2, 3)))]
        return "\n".join(lines) + "\n"

    def definition(self, number: int) -> str:
        random = self.random
        style = random.choice(("plain", "set", "rec", "rec", "mutual", "nested", "settling"))
        first, second = f"d{number}", f"e{number}"
        if style == "plain":
            line = f"let {first} = {self.rel(3)}"
        elif style == "set":
            line = f"let {first} = {self.set(2)}"
            self.names["set"].append(first)
            return line
        elif style == "rec":
            line = f"let rec {first} = {self.rel(1)} | ({self.rel(2, (first,))})"
        elif style == "nested":
            body = f"(let rec {second} = {self.rel(1)} | ({self.rel(2, (first, second))}) in {self.rel(1, (second,))})"
            line = f"let rec {first} = {self.rel(1)} | ({self.rel(1, (first,))}) | {body}"
        elif style == "settling":
            return self.settling(number)
        else:
            both = (first, second)
            line = (
                f"let rec {first} = {self.rel(1)} | ({self.rel(2, both)}) and {second} = {self.rel(1)} | ({self.rel(2, both)})"
            )
            self.names["rel"].append(second)
        self.names["rel"].append(first)
        return line

    def settling(self, number: int) -> str:
        """A recursion that is not monotone: pairs are matched off, from the inside outwards, in one of several ways."""
        random = self.random
        left, right, near, matched = (f"{name}{number}" for name in ("l", "r", "n", "m"))
        between = random.choice(("po", "po-loc", "po ; po", "loc & po", "rf | po", self.rel(1)))
        new = random.choice((f"{near} \\ ({near} ; {near})", f"{near} \\ ({near} ; {between})", f"{near} & ~({matched}^-1)"))
        line = (
            f"let rec {left} = {self.set(1)} \\ domain({matched}) and {right} = {self.set(1)} \\ range({matched})\n"
            f"and {near} = [{left}] ; ({between}) ; [{right}] and {matched} = {matched} | ({new})"
        )
        self.names["rel"] += [near, matched]
        self.names["set"] += [left, right]
        return line

    def axiom(self) -> str:
        random = self.random
        kind = random.choice(("acyclic", "acyclic", "acyclic", "irreflexive", "empty", "empty", "~empty", "~irreflexive"))
        if kind.endswith("empty") and random.random() < 0.3:
            return f"{kind} {self.set(3)}"
        return f"{kind} {self.operand()}"

    def operand(self) -> str:
        """A relation, often a common one less, or with, something random."""
        random = self.random
        if random.random() < 0.4:
            return self.rel(3)
        common, other = (
            random.choice(COMMON),
            random.choice((random.choice((*RICH, *self.names["rel"] * 5)), self.rel(1), self.rel(2))),
        )
        return random.choice(
            (
                f"({common}) \\ ({other})",
                f"({common}) & ({other})",
                f"({common}) | ({other})",
                f"({common}) ; ({other})",
                f"({common}) \\ (({common}) \\ ({other}))",
                f"({common}) & ~({other})",
            )
        )

    def rel(self, depth: int, growing: tuple[str, ...] = ()) -> str:
        """A relation; the names in ``growing`` may occur, never under a complement."""
        random = self.random
        if depth == 0 or random.random() < 0.15:
            if growing and random.random() < 0.5:
                return random.choice(growing)
            if self.names["rel"] and random.random() < 0.35:
                return random.choice(self.names["rel"])
            return random.choice(RELATIONS)

        def less() -> str:
            return self.rel(depth - 1, growing)

        fixed = self.rel(depth - 1)
        return random.choice(
            (
                lambda: f"({less()} | {less()})",
                lambda: f"({less()} & {less()})",
                lambda: f"({less()} \\ {fixed})",
                lambda: f"({less()} \\ {fixed})",
                lambda: f"(~{fixed})",
                lambda: f"({less()} ; {less()})",
                lambda: f"({less()} ; {less()})",
                lambda: f"({less()})^-1",
                lambda: f"({less()})+",
                lambda: f"({less()})*",
                lambda: f"({less()})?",
                lambda: f"[{self.set(depth - 1, growing)}]",
                lambda: f"({self.set(depth - 1, growing)} * {self.set(depth - 1, growing)})",
                lambda: f"([{self.set(1)}] ; {less()} ; [{self.set(1)}])",
                lambda: f"different-values({less()})",
            )
        )()

    def set(self, depth: int, growing: tuple[str, ...] = ()) -> str:
        """A set, with the same rule."""
        random = self.random
        if depth == 0 or random.random() < 0.25:
            return random.choice((*SETS, *self.names["set"]))

        def less() -> str:
            return self.set(depth - 1, growing)

        return random.choice(
            (
                lambda: f"({less()} | {less()})",
                lambda: f"({less()} & {less()})",
                lambda: f"({less()} \\ {self.set(depth - 1)})",
                lambda: f"(~{self.set(depth - 1)})",
                lambda: f"domain({self.rel(depth - 1, growing)})",
                lambda: f"range({self.rel(depth - 1, growing)})",
            )
        )()


def random_model_text(random: Random) -> str:
    """Return the text of a random model."""
    return ModelWriter(random).text()

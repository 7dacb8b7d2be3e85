"""Writes a small program in the instructions of a target."""

import itertools
import re
from dataclasses import dataclass, field

from gupproof.lowering.instructions import Code, Instructions
from gupproof.lowering.trials import Act, Trial
from gupproof.lowering.uses import Kind

_SCRATCH = "st"
_SUCCESS = ("t", "z")


def assembly(trial: Trial, instructions: Instructions, *, straight: bool = False) -> str:
    """Return the program as a litmus test.

    Args:
        trial: the program.
        instructions: of each row.
        straight: whether to leave the primitive's own branches out, and have the condition say which way they went.

    """
    threads = [_Thread(number, instructions, straight=straight) for number in range(len(trial.threads))]
    for thread, acts in zip(threads, trial.threads, strict=True):
        for act in acts:
            thread.perform(act)
        thread.end()
    initial = [f"int {place}={value};" for place, value in trial.initial if value]
    initial += [text for thread in threads for text in thread.initial]
    wanted = [text for thread in threads for text in thread.wanted]
    wanted += [f"{place}={value}" for place, value in trial.final]
    rows = [[f"P{thread.number}" for thread in threads]]
    rows += map(list, itertools.zip_longest(*(thread.lines for thread in threads), fillvalue=""))
    widths = [max(len(row[column]) for row in rows) for column in range(len(threads))]
    table = [" " + " | ".join(map(str.ljust, row, widths)) + " ;" for row in rows]
    head = [f"{instructions.registers.arch} test", "{", *(f" {line}" for line in initial), "}"]
    return "\n".join([*head, *table, f"exists ({_all(wanted)})", ""])


def _all(parts: list[str]) -> str:
    return " /\\ ".join(parts) or "true"


def branches(act: Act, instructions: Instructions) -> bool:
    """Whether the instructions of a statement branch, and the architecture orders what follows by that."""
    registers, code = instructions.registers, instructions.rows[act.use.row]
    return registers.orders_by_branches and any(map(registers.branches.match, code.lines))


@dataclass(slots=True)
class _Thread:
    number: int
    instructions: Instructions
    straight: bool
    lines: list[str] = field(default_factory=list)
    initial: list[str] = field(default_factory=list)
    wanted: list[str] = field(default_factory=list)
    _used: int = 0
    _addresses: dict[str, int] = field(default_factory=dict)
    _proofs: list[str] = field(default_factory=list)
    _acts: int = 0

    def _new(self) -> int:
        self._used += 1
        return self._used - 1

    def perform(self, act: Act) -> None:
        registers, code = self.instructions.registers, self.instructions.rows[act.use.row]
        self._acts += 1
        lines = self._straightened(code, act) if self.straight else list(code.lines)
        needed = dict.fromkeys(re.findall(r"\{(\w+)", " ".join(lines)))
        chosen: dict[str, int] = {}
        for hole in needed:
            match hole:
                case "p":
                    chosen[hole] = self._address(act.place)
                case "stack":
                    chosen[hole] = self._address(f"own{self.number}")
                case "v":
                    chosen[hole] = self._holding(act.value)
                case "o":
                    chosen[hole] = self._holding(act.compared)
                case _:
                    chosen[hole] = self._new()
        names = {hole: _Named(registers.full if hole in ("p", "stack") else registers.word, registers.byte, number)
                 for hole, number in chosen.items()}  # fmt: skip
        for line in lines:
            text = line.format(**names)
            for label in code.labels:
                text = re.sub(rf"\b{label}\b", f"{label}{self.number}{self._acts}", text)
            self.lines.append(text)
        if act.register is not None:
            self._want(chosen["r"], act.expected)
        if self.straight and act.use.kind is Kind.UPDATE:
            for hole in _SUCCESS:
                if hole in chosen:
                    self._want(chosen[hole], 0)
            if registers.proves_success and any(map(registers.branches.match, code.lines)):
                self._prove(registers.proves_success)

    def end(self) -> None:
        """Write what stands at the end of the thread."""
        self.lines += self._proofs

    def _prove(self, proof: tuple[str, ...]) -> None:
        word = self._new()
        name = self.instructions.registers.word[word]
        self.initial.append(f"{self.number}:{name}=1;")
        self._proofs = [line.format(l=f"lost{self.number}", t=name) for line in proof]
        self._want(word, 0)

    def _want(self, register: int, value: int) -> None:
        name = self.instructions.registers.full[register].lstrip("%")
        self.wanted.append(f"{self.number}:{name}={value}")

    def _address(self, place: str) -> int:
        if place not in self._addresses:
            register = self._addresses[place] = self._new()
            self.initial.append(f"{self.number}:{self.instructions.registers.full[register]}={place};")
        return self._addresses[place]

    def _holding(self, value: int) -> int:
        register = self._new()
        self.initial.append(f"{self.number}:{self.instructions.registers.full[register]}={value};")
        return register

    def _straightened(self, code: Code, act: Act) -> list[str]:
        """Return the lines that are run, without branches: to the end, or out where it first can fail."""
        is_branch = self.instructions.registers.branches.match
        lines = list(code.lines)
        if act.use.kind is Kind.FAILED:
            for at, line in enumerate(lines):
                target = re.split(r"[\s,]", line)[-1] + ":"
                if is_branch(line) and target in lines[at:]:
                    lines = lines[:at] + lines[lines.index(target, at) :]
                    break
        return [line for line in lines if not (line.endswith(":") or is_branch(line))]


@dataclass(frozen=True, slots=True)
class _Named:
    """A register that a template names: ``{r}`` as an int, ``{r:b}`` as a byte."""

    names: tuple[str, ...]
    bytes: tuple[str, ...]
    number: int

    def __format__(self, form: str) -> str:
        return (self.bytes if form == "b" else self.names)[self.number]

"""Writes an execution as a litmus test in assembly, with the final condition that picks it out.

Dependencies are kept as false ones: ``xor r,r`` added to the address or the value, and a branch to the next line.
"""

import itertools

from gupproof.program.events import Kind
from gupproof.report.dialects import Dialect, Swap, refuse
from gupproof.report.straight import Step, Straight


def write_assembly(straight: Straight, dialect: Dialect, name: str, comment: str) -> str:
    """Return the test.

    Args:
        straight: the execution.
        dialect: the instructions.
        name: of the test.
        comment: what it is, on a line.

    Raises:
        GupError: it has what no instruction does.

    """
    threads = [_Thread(number, steps, dialect) for number, steps in enumerate(straight.threads)]
    for thread in threads:
        thread.write()
    initial = [f"int64_t {place}={value};" for place, value in straight.initial.items()]
    initial += [line for thread in threads for line in thread.initial]
    rows = [[f"P{thread.number}" for thread in threads]]
    rows += itertools.zip_longest(*(thread.lines for thread in threads), fillvalue="")  # type: ignore[arg-type]
    widths = [max(len(row[column]) for row in rows) for column in range(len(threads))]
    table = [" " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " ;" for row in rows]
    wanted = [text for thread in threads for text in thread.wanted]
    wanted += [f"[{place}]={value}" for place, value in straight.final.items()]
    notes = [f"(* {comment} *)", *(f"(* P{number} is {name} *)" for number, name in enumerate(straight.names))]
    notes += [f"(* {number} stands for {value} *)" for number, value in straight.renamed.items()]
    condition = " /\\ ".join(wanted) or "true"
    return "\n".join(
        [f"{dialect.arch} {name}", *notes, "{", *(f" {line}" for line in initial), "}", *table, f"exists ({condition})", ""]
    )


class _Thread:
    def __init__(self, number: int, steps: tuple[Step, ...], dialect: Dialect) -> None:
        self.number, self.steps, self.dialect = number, steps, dialect
        self.lines: list[str] = []
        self.initial: list[str] = []
        self.wanted: list[str] = []
        self._used = 0
        self._addresses: dict[str, str] = {}
        self._results: dict[int, str] = {}
        self._branched: set[int] = set()
        self._checking = False

    def write(self) -> None:
        """Write the steps; what they read goes into the condition."""
        observed = [step for step in self.steps if step.kind is Kind.READ and "NoRet" not in step.tags]
        self._checking = bool(self.dialect.check) and len(observed) > len(self.dialect.registers)
        # Without exclusives of its own the pair is one instruction.
        swapped = self.dialect.store_exclusive is None
        halves = {step.rmw: step for step in self.steps if step.rmw is not None and (swapped or "X" not in step.tags)}
        done: set[int] = set()
        for step in self.steps:
            if step.event in done:
                continue
            self._branch(step)
            half = halves.get(step.event)
            if step.kind is Kind.FENCE:
                if not step.tags:
                    raise refuse(f"{step.text} has no instruction: nothing of a litmus test waits for readers")
                (tag,) = step.tags
                self._say(self.dialect.fence(tag))
            elif half is not None:
                done.add(half.event)
                self._swap(step, half)
            elif step.kind is Kind.READ:
                self._load(step)
            elif step.rmw is not None:
                self._store_exclusive(step)
            else:
                value = self._value(step)
                self._say(self.dialect.store(value, self._address(step), step.tags))
        if self._checking:
            last = self.dialect.registers[-1]
            self._say(f"{self.dialect.constant.format(r=last, v=1)}; E{self.number}:")
            self.wanted.append(f"{self.number}:{last.lstrip('%')}=1")

    def _say(self, instructions: str) -> None:
        self.lines += [part.strip() for part in instructions.split(";")]

    def _new(self) -> str:
        if self._checking:
            return self.dialect.registers[0]
        if self._used >= len(self.dialect.registers):
            raise refuse(f"P{self.number} needs more registers than there are")
        self._used += 1
        return self.dialect.registers[self._used - 1]

    def _branch(self, step: Step) -> None:
        if not self.dialect.depends:
            return
        for source in step.ctrl:
            if source not in self._branched and source in self._results:
                self._branched.add(source)
                label = f"L{self.number}{len(self._branched)}"
                self._say(self.dialect.branch.format(r=self._results[source], l=label))

    def _address(self, step: Step) -> str:
        if self.dialect.names_words:
            return step.place
        if step.place not in self._addresses:
            register = self._addresses[step.place] = self._new()
            self.initial.append(f"{self.number}:{register}={step.place};")
        return self._with_dependencies(self._addresses[step.place], self.dialect.address, step.addr)

    def _value(self, step: Step) -> str:
        register = self.dialect.value
        self._say(self.dialect.constant.format(r=register, v=step.value))
        return self._with_dependencies(register, register, tuple(source for source in step.data if source != step.rmw))

    def _with_dependencies(self, register: str, target: str, sources: tuple[int, ...]) -> str:
        """Return a register that holds the same and depends on earlier steps: ``target``, if there are any."""
        for source in sources if self.dialect.depends else ():
            if source in self._results:
                self._say(self.dialect.zero.format(r=self.dialect.nothing, s=self._results[source]))
                self._say(self.dialect.add.format(r=target, a=register, b=self.dialect.nothing))
                register = target
        return register

    def _returned(self, step: Step, register: str) -> None:
        self._results[step.event] = register
        if self._checking:
            # More is read than there are registers: what came out otherwise ends the thread, and the condition sees that.
            self._say(self.dialect.check.format(r=register, v=step.value, l=f"E{self.number}"))
            return
        plain = register.lstrip("%")
        self.initial.append(f"int64_t {self.number}:{plain};")
        self.wanted.append(f"{self.number}:{plain}={step.value}")

    def _load(self, step: Step) -> None:
        address, register = self._address(step), self._new()
        self._say(self.dialect.load(register, address, step.tags))
        self._returned(step, register)

    def _swap(self, step: Step, half: Step) -> None:
        if self.dialect.swap is None:
            raise refuse(f"{self.dialect.arch} has no instruction that exchanges")
        address, stored, register = self._address(step), self._value(half), self._new()
        self._say(self.dialect.swap(Swap(step.tags, half.tags, register, stored, address)))
        if "NoRet" not in step.tags:
            self._returned(step, register)

    def _store_exclusive(self, step: Step) -> None:
        if self.dialect.store_exclusive is None:
            raise refuse(f"{self.dialect.arch} has no store-exclusive")
        status, value, address = self._new(), self._value(step), self._address(step)
        self._say(self.dialect.store_exclusive(status, value, address, step.tags))
        # What uses the status of a store-conditional depends on the store.
        self._results[step.event] = status
        if self.dialect.status:
            self.wanted.append(f"{self.number}:{status}=0")

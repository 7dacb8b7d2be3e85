"""Writes an execution under the Linux-kernel memory model as a litmus test in kernel C, as herd7 reads it.

Tags are those of spec/targets/lkmm.target. Control dependencies are kept as conditions that hold in this execution, the rest of
the thread inside; other dependencies as false ones: ``r & 0`` added to the pointer or the value.
"""

from gupproof.program.events import Kind
from gupproof.report import kernel_words
from gupproof.report.dialects import NEVER, refuse
from gupproof.report.straight import Step, Straight

_LOCKS = {"LKR", "LKW", "UL", "LF", "RL", "RU"}


def write_kernel_c(straight: Straight, name: str, comment: str) -> str:
    """Return the test.

    Args:
        straight: the execution.
        name: of the test.
        comment: what it is, on a line.

    Raises:
        GupError: it has what no primitive does.

    """
    locks = {step.place for thread in straight.threads for step in thread if step.tags & _LOCKS}
    counted = {step.place for thread in straight.threads for step in thread if "Noreturn" in step.tags}
    threads = [_Thread(number, steps, locks, counted) for number, steps in enumerate(straight.threads)]
    bodies = [thread.written() for thread in threads]
    initial = [
        f"{'spinlock_t' if place in locks else 'atomic_t' if place in counted else 'int'} {place} = {value};"
        for place, value in straight.initial.items()
        if place not in locks
    ]
    wanted = [text for thread in threads for text in thread.wanted]
    wanted += [f"{place}={value}" for place, value in straight.final.items() if place not in locks]
    notes = [f"(* {comment} *)", *(f"(* P{number} is {given} *)" for number, given in enumerate(straight.names))]
    notes += [f"(* {number} stands for {value} *)" for number, value in straight.renamed.items()]
    condition = " /\\ ".join(wanted) or "true"
    return "\n".join(
        [f"C {name}", *notes, "", "{", *(f"  {line}" for line in initial), "}", "", *bodies, f"exists ({condition})", ""]
    )


class _Thread:
    def __init__(self, number: int, steps: tuple[Step, ...], locks: set[str], counted: set[str]) -> None:
        self.number, self.steps, self.locks, self.counted = number, steps, locks, counted
        self.wanted: list[str] = []
        self._results: dict[int, tuple[str, int]] = {}
        self._declared: list[str] = []
        self._lines: list[str] = []
        self._depth = 1
        self._branched: set[int] = set()

    def written(self) -> str:
        """Return the function of the thread."""
        exchanged = {step.rmw: step for step in self.steps if step.rmw is not None}
        done: set[int] = set()
        for step in self.steps:
            if step.event not in done:
                self._branch(step)
                half = exchanged.get(step.event)
                if half is not None:
                    done.add(half.event)
                self._step(step, half)
        self._lines += ["  " * depth + "}" for depth in range(self._depth - 1, 0, -1)]
        places = dict.fromkeys(step.place for step in self.steps if step.place)
        parameters = ", ".join(f"{self._type(place)} *{place}" for place in places)
        declared = [f"  int {register};" for register in self._declared]
        return "\n".join([f"P{self.number}({parameters})", "{", *declared, *self._lines, "}", ""])

    def _type(self, place: str) -> str:
        return "spinlock_t" if place in self.locks else "atomic_t" if place in self.counted else "int"

    def _say(self, text: str) -> None:
        self._lines.append("  " * self._depth + text)

    def _branch(self, step: Step) -> None:
        for source in step.ctrl:
            if source not in self._branched and source in self._results:
                self._branched.add(source)
                register, value = self._results[source]
                self._say(f"if ({register} == {value}) {{")
                self._depth += 1

    def _dependencies(self, sources: tuple[int, ...]) -> str:
        return "".join(f" + ({self._results[source][0]} & 0)" for source in sources if source in self._results)

    def _place(self, step: Step) -> str:
        extra = self._dependencies(step.addr)
        return f"({step.place}{extra})" if extra else step.place

    def _value(self, step: Step) -> str:
        return f"{step.value}{self._dependencies(tuple(source for source in step.data if source != step.rmw))}"

    def _assign(self, step: Step, expression: str, value: int | None = None) -> None:
        register = f"r{len(self._declared)}"
        self._declared.append(register)
        result = step.value if value is None else value
        self._results[step.event] = (register, result)
        self._say(f"{register} = {expression};")
        self.wanted.append(f"{self.number}:{register}={result}")

    def _step(self, step: Step, half: Step | None) -> None:
        if step.kind is Kind.FENCE:
            call = kernel_words.fence(step.tags)
            if call is None:
                raise refuse(f"no primitive is a fence in the sets {', '.join(sorted(step.tags))}")
            self._say(f"{call};")
        elif step.tags & _LOCKS:
            self._lock(step)
        elif half is not None:
            self._exchange(step, half)
        elif step.kind is Kind.READ:
            self._read(step)
        else:
            self._write(step)

    def _read(self, step: Step) -> None:
        place = self._place(step)
        if step.tags == {"Once", "Failed"} and step.place not in self.counted:
            call: str | None = f"cmpxchg_relaxed({place}, {NEVER}, {NEVER})"
        else:
            call = kernel_words.load(step.tags, place, f"*{place}", counter=step.place in self.counted)
        if call is None:
            raise refuse(f"no primitive reads in the sets {', '.join(sorted(step.tags))}")
        self._assign(step, call)

    def _write(self, step: Step) -> None:
        place = self._place(step)
        call = kernel_words.store(step.tags, place, f"*{place}", self._value(step), counter=step.place in self.counted)
        if call is None:
            raise refuse(f"no primitive writes in the sets {', '.join(sorted(step.tags))}")
        self._say(f"{call};")

    def _exchange(self, step: Step, half: Step) -> None:
        if "Noreturn" in step.tags:
            if half.tags != {"Once"}:
                raise refuse("an atomic operation without a result that is a release")
            self._say(f"atomic_add({half.value - step.value}{self._dependencies(half.data)}, {self._place(step)});")
            return
        counter = step.place in self.counted
        call = kernel_words.exchange(step.tags, half.tags, self._place(step), self._value(half), counter=counter)
        if call is None:
            raise refuse(f"no primitive exchanges in the sets {', '.join(sorted(step.tags | half.tags))}")
        self._assign(step, call)

    def _lock(self, step: Step) -> None:
        if "LKR" in step.tags:
            self._say(f"spin_lock({step.place});")
        elif "UL" in step.tags:
            self._say(f"spin_unlock({step.place});")
        elif "LF" in step.tags:
            self._assign(step, f"spin_trylock({step.place})", 0)
        elif step.tags & {"RL", "RU"}:
            self._assign(step, f"spin_is_locked({step.place})", int("RL" in step.tags))
        else:
            raise refuse(f"no primitive is in the sets {', '.join(sorted(step.tags))}")

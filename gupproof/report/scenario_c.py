"""Writes a whole scenario, with its branches, as a litmus test in kernel C.

What is written is the unrolled program, not the source: functions are inlined, loops unrolled and switches set there, which
herd7 has no words for (early returns, ``break``), while the events, the conditions they stand under and what they depend on are
what the verdict was about. Primitives are told from the rows of the target table that events name.

A free choice becomes a read, at the start of its thread, of a word that a thread of its own writes: it may find any of the
values, and orders nothing.
"""

import re
from collections.abc import Sequence

from gupproof.program.events import INIT_THREAD, Program, Stop
from gupproof.program.expr import Expr, Op
from gupproof.report.c_condition import FinalCondition, written_formula
from gupproof.report.c_thread import ThreadWriter, declared_as, locks_had
from gupproof.report.c_values import Branching, Values
from gupproof.report.c_words import Words, below
from gupproof.report.names import legal_name
from gupproof.report.refusals import SurplusError, refuse_scenario

_MOST_OPTIONS = 16


def write_scenario_c(
    program: Program, asked: Expr, words: Words, name: str, comment: str, *, stops: Sequence[Stop] = ()
) -> str:
    """Return the test, with a final condition that says what is asked.

    Args:
        program: the scenario, in which no access goes outside of every object.
        asked: a boolean over the end of an execution, complete or not.
        words: its memory.
        name: of the test.
        comment: what it is, on a line.
        stops: what excludes that an execution is asked for, in its condition: steps after them need not be left out.

    Raises:
        GupError: it has what litmus tests cannot say.

    """
    surplus = program.events[-1].span
    for branching in Branching:
        try:
            return _Writing(program, asked, words, branching, stops).text(name, comment)
        except SurplusError as error:
            surplus = error.span
    message = (
        "this step is done under a condition, or uses a value, that it does not depend on, as what runs in an interrupt may"
    )
    raise refuse_scenario(message, surplus)


class _Writing:
    def __init__(self, program: Program, asked: Expr, words: Words, branching: Branching, stops: Sequence[Stop]) -> None:
        self.program, self.words = program, words
        pool = program.pool
        self.known: dict[Expr, Expr] = locks_had(program) | dict.fromkeys(program.gp_ended, pool.true)
        self.known |= {node: pool.true for event in program.events for node in below(event.guard) if node.op is Op.VALID}
        values = [
            Values(program, words, event.span, branching, self.known) for event in (program.events[0],) for _ in program.threads
        ]
        self.writers = [ThreadWriter(program, words, number, made, stops) for number, made in enumerate(values)]
        self.asked = self.writers[0].values.settled(asked)
        self.choices = self._chosen()

    def _chosen(self) -> dict[Expr, int]:
        """Return what is chosen freely, with the thread that does."""
        owners: dict[Expr, int] = {}
        for event in self.program.events:
            for root in (event.guard, event.address, event.value):
                for node in below(root) if root is not None else ():
                    if node.op is not Op.CHOICE:
                        continue
                    if owners.setdefault(node, event.thread) != event.thread or event.thread == INIT_THREAD:
                        raise refuse_scenario("what is chosen freely matters to several threads", event.span)
                    if len(self.program.pool.options[node]) > _MOST_OPTIONS:
                        raise refuse_scenario(f"a free choice has more than {_MOST_OPTIONS} options", event.span)
        # What no step depends on may be chosen anywhere.
        for node in below(self.asked):
            if node.op is Op.CHOICE:
                owners.setdefault(node, 0)
        return owners

    def text(self, name: str, comment: str) -> str:
        names = [*self.words.names.values()]
        places: dict[Expr, str] = {}
        for node in self.choices:
            places[node] = legal_name("choice", names)
            names.append(places[node])
        for number, writer in enumerate(self.writers):
            writer.write({node: places[node] for node, thread in self.choices.items() if thread == number})
        condition = written_formula(FinalCondition(self.program, self.words, self.writers, self.choices).formula(self.asked))
        if condition in ("", "false"):
            what = "always" if not condition else "never"
            message = f"its condition {what} holds, whatever the memory model: there is nothing to ask"
            raise refuse_scenario(message, None, "choose another --property or --cover")
        condition = condition if condition.startswith("(") else f"({condition})"
        bodies = [writer.text() for writer in self.writers]
        helpers = [self._offering(len(bodies) + place, node, word) for place, (node, word) in enumerate(places.items())]
        notes = [f"(* {comment} *)"]
        notes += [f"(* P{number} is {thread.name} *)" for number, thread in enumerate(self.program.threads)]
        notes += [
            f"(* P{len(bodies) + place} offers what P{self.choices[node]} chooses *)" for place, node in enumerate(places)
        ]
        initial = self._initial("\n".join(bodies) + condition)
        return "\n".join([f"C {name}", *notes, "", "{", *initial, "}", "", *bodies, *helpers, f"exists {condition}", ""])

    def _offering(self, number: int, node: Expr, word: str) -> str:
        lines = [f"  WRITE_ONCE(*{word}, {value});" for value in self.program.pool.options[node] if value]
        return "\n".join([f"P{number}(int *{word})", "{", *lines, "}", ""])

    def _initial(self, text: str) -> list[str]:
        """Return the initial values of the words that threads name, and of those that these point to."""
        words, named = self.words, set(re.findall(r"\w+", text))
        values: dict[int, int] = {}
        for event in self.program.events:
            if event.thread == INIT_THREAD and event.address is not None and event.value is not None:
                if event.value.op is not Op.CONST:
                    raise refuse_scenario("an initial value is chosen freely", event.span, "choose it in a thread")
                values[event.address.value] = event.value.value
        waiting = [address for address in values if words.names[address] in named]
        reached = set(waiting)
        while waiting:
            address = waiting.pop()
            target = values[address]
            if words.holds_pointer(address) and target in values and target not in reached:
                reached.add(target)
                waiting.append(target)
        return [line for address in values if address in reached and (line := self._declaration(address, values[address]))]

    def _declaration(self, address: int, value: int) -> str:
        name, kind = self.words.names[address], self.writers[0].type_of(address)
        if kind == "spinlock_t":
            if value:
                raise refuse_scenario(f"{name} is held at first", None, "take the lock in a thread")
            return ""
        target = self.words.names.get(value) if kind == "int *" else None
        return f"  {declared_as(kind, name)} = {target or value};"

"""The states of one CPU, found as they are asked for: what it offers in each, and where each answer leads.

A generator cannot be copied, so a state that is returned to is reached again by giving the same answers to a fresh run. Two
runs with the same key are one state.
"""

from collections.abc import Callable

from gupproof.meaning.cpu import Marks, Run
from gupproof.meaning.processor import Processor
from gupproof.meaning.requests import Answer, Offer


class Node:
    """A state of a CPU.

    Attributes:
        automaton: of which it is a state.
        offer: its next step.
        marks: what has happened on it.
        guests: the threads that have not run on it yet.
        running: the threads and handlers that have begun and not ended, the innermost last.

    """

    __slots__ = ("_live", "_next", "_origin", "automaton", "guests", "marks", "offer", "running")

    def __init__(
        self,
        automaton: "Automaton",
        offer: Offer,
        processor: Processor,
        live: Run[None],
        origin: "tuple[Node, Answer] | None",
    ) -> None:
        self.automaton = automaton
        self.offer = offer
        self.marks: Marks = processor.marks
        self.guests = tuple(take.name for take in processor.guests)
        self.running = tuple(level.name for level in processor.levels)
        self._origin = origin
        self._live: tuple[Processor, Run[None]] | None = (processor, live)
        self._next: dict[tuple[type, Answer], Node] = {}


class Automaton:
    """The states of one CPU."""

    def __init__(self, fresh: Callable[[], Processor]) -> None:
        self._fresh = fresh
        self._known: dict[object, Node] = {}
        self.root = self._enter(*self._begun(), None)

    def __len__(self) -> int:
        return len(self._known)

    def after(self, node: Node, answer: Answer) -> Node:
        """Return the state that an answer to a state's offer leads to.

        Raises:
            UninitialisedError: a local without a value is read on the way there.

        """
        found = node._next.get((type(answer), answer))
        if found is None:
            processor, live = self._live(node)
            found = self._enter(processor, live, live.send(answer), (node, answer))
            node._next[type(answer), answer] = found
        return found

    def _begun(self) -> tuple[Processor, Run[None], Offer]:
        processor = self._fresh()
        live = processor.run()
        return processor, live, next(live)

    def _enter(self, processor: Processor, live: Run[None], offer: Offer, origin: tuple[Node, Answer] | None) -> Node:
        key = (offer, processor.key())
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = Node(self, offer, processor, live, origin)
        elif known._live is None:
            known._live = (processor, live)
        return known

    def _live(self, node: Node) -> tuple[Processor, Run[None]]:
        """Return a run that has come to a state, which is used up by this."""
        live, node._live = node._live, None
        if live is not None:
            return live
        answers: list[Answer] = []
        while node._origin is not None:
            node, answer = node._origin
            answers.append(answer)
        processor, run, _ = self._begun()
        for answer in reversed(answers):
            run.send(answer)
        return processor, run

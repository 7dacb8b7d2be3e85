"""Checks the ``places`` lines of theorems: that their sets can be the minimal choices for their slots."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gupproof.language import syntax, typed
from gupproof.language.declarations import switch_value
from gupproof.language.errors import DUPLICATE, NOT_A_VALUE, PLACEMENT, UNKNOWN_NAME, Refused, Reporter, did_you_mean
from gupproof.language.strength import weaker, weakest

_Chosen = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class PlacementChecker:
    """Checks the sets of one file's placement claims."""

    switches: Mapping[str, typed.Switch]
    reporter: Reporter

    def check(
        self, line: syntax.Places, scenario: str, settings: _Chosen, covering: tuple[str, ...] | None
    ) -> typed.Placement | None:
        """Return a placement claim, whose properties and models the caller has checked; None if it cannot be used.

        Args:
            line: as written.
            scenario: the name of the scenario it is about.
            settings: what its ``with`` sets.
            covering: covers that it names, which the caller has checked.

        """
        try:
            slots = self._slots(line.slots, settings)
            minimal = None if line.minimal is None else self._minimal(line.minimal, slots)
        except Refused:
            return None
        return typed.Placement(
            span=line.span,
            scenario=scenario,
            settings=settings,
            slots=tuple(slots),
            properties=tuple(word.text for word in line.properties),
            models=tuple(word.text for word in line.models),
            covering=covering,
            minimal=minimal,
            flags=tuple(word.text for word in line.flags),
        )

    def _slots(self, words: Iterable[syntax.Word], settings: _Chosen) -> dict[str, typed.Switch]:
        """Return the slots a line is about; all that is wrong with them is reported."""
        found: dict[str, typed.Switch] = {}
        refused: list[Refused] = []
        for word in words:
            name = word.text
            switch = self.switches.get(name)
            if switch is None or not switch.is_slot:
                known = [item.name for item in self.switches.values() if item.is_slot]
                rule, message = (UNKNOWN_NAME, f"no slot is called `{name}`")
                if switch is not None:
                    rule, message = (NOT_A_VALUE, f"`{name}` is a config, not a slot")
                remedy = did_you_mean(name, known) or (f"there are {', '.join(known)}" if known else "")
                refused.append(self.reporter.refuse(rule, word.span, message, remedy))
                continue
            if name in found:
                self.reporter.report(DUPLICATE, word.span, f"slot `{name}` is listed twice")
            if name in dict(settings):
                message = f"`{name}` is set by `with`, so that there is nothing to choose"
                refused.append(self.reporter.refuse(PLACEMENT, word.span, message, "leave it out of one of the two"))
            if not switch.rows:
                refused.append(Refused())  # its declaration was refused, and reported
            found[name] = switch
        if refused:
            raise refused[0]
        return found

    def _minimal(self, sets: Iterable[syntax.Placement], slots: dict[str, typed.Switch]) -> tuple[_Chosen, ...]:
        made: list[_Chosen] = []
        for item in sets:
            chosen = self._chosen(item, slots)
            for earlier in made:
                self._check_apart(item, chosen, earlier, slots)
            made.append(chosen)
        return tuple(made)

    def _chosen(self, item: syntax.Placement, slots: dict[str, typed.Switch]) -> _Chosen:
        least = {name: switch.values.index(_weakest(switch)) for name, switch in slots.items()}
        chosen: dict[str, int] = {}
        for setting in item.settings:
            name = setting.name.text
            if name not in slots:
                message = f"`{name}` is not among the slots that this line places"
                remedy = did_you_mean(name, slots) or f"it places {', '.join(slots)}"
                raise self.reporter.refuse(UNKNOWN_NAME, setting.name.span, message, remedy)
            if name in chosen:
                self.reporter.report(DUPLICATE, setting.span, f"`{name}` is set twice")
            value = switch_value(slots[name].values, setting.value, name, self.reporter)
            if value is None:
                raise Refused
            if value == least[name]:
                message = f"`{setting.value.text}` is the weakest alternative of `{name}`"
                remedy = "leave it out: what a set does not mention has its weakest alternative"
                raise self.reporter.refuse(PLACEMENT, setting.span, message, remedy)
            chosen[name] = value
        return tuple((least | chosen).items())

    def _check_apart(self, item: syntax.Placement, a: _Chosen, b: _Chosen, slots: dict[str, typed.Switch]) -> None:
        """Refuse a set that is the same as an earlier one, or weaker or stronger: only one of the two can be minimal."""
        if a == b:
            raise self.reporter.refuse(DUPLICATE, item.span, "this set is listed twice")
        for word, first, second in (("stronger", b, a), ("weaker", a, b)):
            if all(_at_most(slots[name].values, dict(first)[name], dict(second)[name]) for name in slots):
                message = f"this set is {word} than one before it: both cannot be minimal"
                raise self.reporter.refuse(PLACEMENT, item.span, message, "leave the stronger of the two out")


def _weakest(switch: typed.Switch) -> str:
    found = weakest(switch.values)
    assert found is not None  # a slot without one is refused where it is declared
    return found


def _at_most(values: tuple[str, ...], a: int, b: int) -> bool:
    return a == b or weaker(values[a], values[b])

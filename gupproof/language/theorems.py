"""Checks theorems: that the scenarios, switches, values, properties, covers and verdicts they name exist."""

from collections.abc import Iterable, Mapping

from gupproof.language import syntax, typed
from gupproof.language.declarations import switch_value
from gupproof.language.effects import BUILT_IN_PROPERTIES, Effects
from gupproof.language.errors import DUPLICATE, NO_CLAIM, UNKNOWN_NAME, VERDICT, Reporter, did_you_mean
from gupproof.language.placements import PlacementChecker

VERDICTS = ("proved", "refuted", "vacuous")
_NO_COVER = "none"


class TheoremChecker:
    """Checks the theorems of one file."""

    def __init__(
        self,
        scenarios: Mapping[str, typed.Scenario],
        switches: Mapping[str, typed.Switch],
        effects: Effects,
        reporter: Reporter,
    ) -> None:
        self.scenarios = scenarios
        self.switches = switches
        self.effects = effects
        self.reporter = reporter

    def check(self, items: Iterable[syntax.Theorem]) -> dict[str, typed.Theorem]:
        """Return the theorems by name; what cannot be used is reported and left out."""
        made: dict[str, typed.Theorem] = {}
        for item in items:
            name = item.name.text
            lines = [line for run in item.runs for line in self._lines(run)]
            if not item.runs:
                self.reporter.report(NO_CLAIM, item.name.span, f"theorem `{name}` claims nothing")
            if name in made:
                message = f"theorem `{name}` is declared twice: first at {made[name].span}"
                self.reporter.report(DUPLICATE, item.name.span, message)
                continue
            made[name] = typed.Theorem(
                span=item.span,
                name=name,
                claim=item.claim,
                doc=item.doc,
                claims=tuple(line for line in lines if isinstance(line, typed.Claim)),
                placements=tuple(line for line in lines if isinstance(line, typed.Placement)),
            )
        return made

    def _lines(self, run: syntax.Run) -> list[typed.Claim | typed.Placement]:
        settings = self._settings(run)
        scenario = self.scenarios.get(run.scenario.text)
        if scenario is None:
            self._unknown("scenario", run.scenario, self.scenarios)
            return []
        properties = {item.name for item in scenario.properties} | set(BUILT_IN_PROPERTIES) | self.effects.asserted(scenario)
        covers = {item.name for item in scenario.covers}
        lines: list[typed.Claim | typed.Placement] = [
            self._claim(shows, scenario.name, settings, properties, covers) for shows in run.shows
        ]
        for line in run.places:
            self._known("property", line.properties, properties)
            self._once("model", line.models)
            self._once("flag", line.flags)
            wanted = self._covering(line.covering, covers)
            placement = PlacementChecker(self.switches, self.reporter).check(line, scenario.name, settings, wanted)
            if placement is not None:
                lines.append(placement)
        return lines

    def _claim(
        self,
        shows: syntax.Shows,
        scenario: str,
        settings: tuple[tuple[str, int], ...],
        properties: set[str],
        covers: set[str],
    ) -> typed.Claim:
        self._known("property", shows.properties, properties)
        covering = self._covering(shows.covering, covers)
        self._once("model", shows.models)
        expect = shows.expect
        if expect.text not in VERDICTS:
            remedy = did_you_mean(expect.text, VERDICTS)
            self.reporter.report(VERDICT, expect.span, f"`{expect.text}` is no verdict", remedy)
        self._once("flag", shows.flags)
        if shows.flags and expect.text == "refuted":
            message = "a refutation is expected with no flags: one execution refutes, flagged or not"
            self.reporter.report(VERDICT, shows.flags[0].span, message, "leave `with` and the flags out")
        return typed.Claim(
            span=shows.span,
            scenario=scenario,
            settings=settings,
            properties=tuple(word.text for word in shows.properties),
            models=tuple(word.text for word in shows.models),
            covering=covering,
            expect=expect.text,
            flags=tuple(word.text for word in shows.flags),
        )

    def _covering(self, words: tuple[syntax.Word, ...] | None, covers: set[str]) -> tuple[str, ...] | None:
        """Return the covers that a line names; those that do not exist are reported."""
        if words is None:
            return None
        if [word.text for word in words] == [_NO_COVER]:
            return ()
        self._known("cover", words, covers)
        return tuple(word.text for word in words)

    def _settings(self, run: syntax.Run) -> tuple[tuple[str, int], ...]:
        chosen: dict[str, int] = {}
        for setting in run.settings:
            name = setting.name.text
            switch = self.switches.get(name)
            if switch is None:
                self._unknown("switch", setting.name, self.switches)
                continue
            if name in chosen:
                self.reporter.report(DUPLICATE, setting.span, f"`{name}` is set twice")
            value = switch_value(switch.values, setting.value, name, self.reporter)
            if value is not None:
                chosen[name] = value
        return tuple(chosen.items())

    def _known(self, what: str, words: tuple[syntax.Word, ...], known: set[str]) -> None:
        for word in words:
            if word.text not in known:
                self._unknown(what, word, known)
        self._once(what, words)

    def _once(self, what: str, words: tuple[syntax.Word, ...]) -> None:
        seen: set[str] = set()
        for word in words:
            if word.text in seen:
                self.reporter.report(DUPLICATE, word.span, f"{what} `{word.text}` is listed twice")
            seen.add(word.text)

    def _unknown(self, what: str, word: syntax.Word, known: Iterable[str]) -> None:
        names = sorted(known)
        remedy = did_you_mean(word.text, names) or (f"there are {', '.join(names)}" if names else "")
        self.reporter.report(UNKNOWN_NAME, word.span, f"no {what} is called `{word.text}`", remedy)

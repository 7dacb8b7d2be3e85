"""Runs ``gupproof export --scenario``: writes a scenario as a litmus test in kernel C, and judges what was written."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click

from gupproof.cli.exporting import judged
from gupproof.cli.writing import write_whole
from gupproof.diagnostics import GupError, with_source_lines
from gupproof.language import load, typed
from gupproof.program.events import Program, StopReason
from gupproof.program.expr import Expr
from gupproof.program.scenario import lower
from gupproof.proving.asking import answers, asking, reaching, refutation_of
from gupproof.proving.checks import parse_settings, property_names, require_scenario
from gupproof.proving.obligations import switch_values
from gupproof.proving.observation import KERNEL_MODEL, LARGEST, Observation, Request
from gupproof.proving.platforms import Platform, Reading, model_of, platforms, target_of
from gupproof.relations.analysis import Analysis
from gupproof.relations.narrowing import narrowed
from gupproof.report.c_words import Words
from gupproof.report.names import legal_name
from gupproof.report.refusals import refuse_scenario
from gupproof.report.scenario_c import write_scenario_c

_MORE_TIME = "allow more with --timeout"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What is to be written.

    Attributes:
        file, scenario: the scenario.
        settings: ``NAME=VALUE`` for switches.
        models: as given to ``--model``; the Linux-kernel memory model if there are none.
        properties: at most one: the final condition is that it fails.
        cover: the cover that is the final condition instead; None without.
        reading, timeout: as for other commands.

    """

    file: str
    scenario: str
    settings: Sequence[str]
    models: Sequence[str]
    properties: Sequence[str]
    cover: str | None
    reading: Reading
    timeout: float


def export_scenario(wish: Wish, output: str | None) -> None:
    """Write a scenario as a litmus test.

    Raises:
        GupError: there is no such scenario, or it cannot be written.
        RuntimeError: what was written and the scenario have different verdicts.

    """
    text = scenario_test(wish)
    if output is None:
        click.echo(text, nl=False)
    else:
        write_whole(Path(output), text)


def scenario_test(wish: Wish) -> str:
    """Return a scenario as a litmus test.

    Raises:
        GupError: there is no such scenario, or it cannot be written.
        RuntimeError: what was written and the scenario have different verdicts.

    """
    unit = load(Path(wish.file))
    require_scenario(unit, wish.scenario)
    scenario = unit.scenarios[wish.scenario]
    chosen = parse_settings(unit.switches, wish.settings)
    platform = _platform(wish.models)
    model = model_of(platform, wish.reading)
    program = lower(unit, scenario, target_of(platform), fixed=dict(switch_values(unit, chosen)))
    program = narrowed(program, Analysis(program, model).domains)
    asked, what = _asked(unit, scenario, program, wish)
    question = asking(program, asked)
    found = answers(question, model, timeout=wish.timeout)
    if None in (found.possible, found.faults):
        raise refuse_scenario(f"the solver has no answer within {wish.timeout:g} s", scenario.span, _MORE_TIME)
    if found.faults:
        message = "an access may go to what is no object, which herd7 has no executions for"
        raise refuse_scenario(message, scenario.span, "gupproof check shows where")
    words = Words(question, Analysis(question, model).domains)
    comment = f"{wish.scenario}: {what}"
    if chosen:
        comment += " with " + ", ".join(f"{name} = {unit.switches[name].values[value]}" for name, value in chosen.items())
    if any(stop.reason is StopReason.BOUND for stop in program.stops):
        comment += "; executions where a loop needs more rounds than its bound are left out"
    # An assert counts in executions that do not end, too.
    stops = () if any(check.reached is not None for check in program.checks) else program.stops
    try:
        text = write_scenario_c(question, asked, words, legal_name(wish.scenario, ()), comment, stops=stops)
        _compare(text, wish, platform, possible=bool(found.possible))
    except RecursionError:
        raise refuse_scenario("its values and conditions are nested too deeply", scenario.span) from None
    except GupError as error:
        # What is about the whole of it has its place there.
        placed = [replace(item, span=item.span or scenario.span) for item in error.diagnostics]
        raise GupError(*with_source_lines(placed, unit.sources)) from None
    return text


def _platform(models: Sequence[str]) -> Platform:
    """Return the platform to write for."""
    if len(models) > 1:
        raise click.UsageError("a scenario is written for one --model")
    first = platforms(models[0] if models else KERNEL_MODEL)[0]
    if not target_of(first).is_language:
        message = f"{first} has instructions, and a scenario is written with its branches, in kernel C"
        raise refuse_scenario(
            message, None, "leave --model out, or export an execution that refutes a theorem under this model"
        )
    return first


def _asked(unit: typed.Unit, scenario: typed.Scenario, program: Program, wish: Wish) -> tuple[Expr, str]:
    """Return what the final condition is to say, and that in words."""
    covers = [item.name for item in scenario.covers]
    names = property_names(unit, scenario)
    if wish.cover is not None:
        if wish.properties:
            raise click.UsageError("--cover and --property are two different final conditions")
        if wish.cover not in covers:
            raise click.UsageError(f"{scenario.name} has no cover '{wish.cover}'; it has: {', '.join(covers) or 'none'}")
        return reaching(program, wish.cover), f"{wish.cover} is reached"
    wanted = list(wish.properties) or (list(names) if len(names) == 1 else [])
    if len(wanted) != 1:
        raise click.UsageError(f"choose one with --property: {', '.join(names)}; or a cover with --cover")
    if wanted[0] not in names:
        raise click.UsageError(f"{scenario.name} has no property '{wanted[0]}'; it has: {', '.join(names)}")
    return refutation_of(program, wanted[0]), f"{wanted[0]} is refuted"


def _compare(text: str, wish: Wish, platform: Platform, *, possible: bool) -> None:
    """Judge the test that was written: its verdict is the scenario's."""
    if len(text) > LARGEST:
        raise refuse_scenario(f"it would have {len(text)} characters, more than {LARGEST}", None)
    try:
        judgement = judged(text, Request(model=platform.model, unroll=0, timeout=wish.timeout, reading=wish.reading))
    except GupError as error:
        # Too much nesting, or too many values: a limit, and no contradiction.
        raise refuse_scenario(f"it could not be judged: {error.diagnostics[0].message}", None) from None
    if judgement.observation is Observation.UNKNOWN:
        raise refuse_scenario(f"it is judged too slowly: {judgement.reason}", None, _MORE_TIME)
    if judgement.observation is Observation.UNSUPPORTED:
        raise RuntimeError(f"a written litmus test is not understood: {judgement.reason}")
    if (judgement.observation is not Observation.NEVER) is not possible:
        raise RuntimeError(f"a written litmus test says {judgement.observation.value}, its scenario otherwise")

"""Checks parsed files together and returns the typed tree of the one that was asked for."""

from collections.abc import Sequence

from gupproof.diagnostics import GupError, with_source_lines
from gupproof.language import syntax, typed
from gupproof.language.declarations import Collector
from gupproof.language.effects import Effects
from gupproof.language.errors import Reporter
from gupproof.language.scenarios import ScenarioChecker, initialise
from gupproof.language.scopes import Body, Role
from gupproof.language.statements import check_function
from gupproof.language.symbols import Symbols
from gupproof.language.theorems import TheoremChecker


def check(files: Sequence[syntax.File]) -> typed.Unit:
    """Return the unit of the last of ``files``; the others are those it uses, directly or not.

    Raises:
        GupError: with everything found wrong.

    """
    reporter = Reporter()
    symbols = Symbols()
    items = [item for file in files for item in file.items]
    Collector(symbols, reporter).collect(items)
    functions = _functions(items, symbols, reporter)
    effects = Effects(functions)
    effects.report_recursion(reporter)
    for function in functions.values():
        effects.report_waits(function.body, reporter)
    for item in items:
        if isinstance(item, syntax.Declaration):
            initialise(item, symbols.variables, Body(reporter, role=Role.FROZEN), symbols, effects)
    scenarios: dict[str, typed.Scenario] = {}
    for item in items:
        if isinstance(item, syntax.Scenario):
            scenarios.setdefault(item.name.text, ScenarioChecker(item, symbols, effects, reporter).check())
    own = [item for item in files[-1].items if isinstance(item, syntax.Theorem)]
    theorems = TheoremChecker(scenarios, symbols.switches, effects, reporter).check(own)
    sources = {file.path: file.text for file in files}
    if reporter.found:
        raise GupError(*with_source_lines(reporter.found, sources))
    return typed.Unit(
        path=files[-1].path,
        structs=symbols.structs,
        switches=symbols.switches,
        variables=symbols.variables,
        functions=functions,
        scenarios=scenarios,
        theorems=theorems,
        sources=sources,
    )


def _functions(items: Sequence[syntax.Item], symbols: Symbols, reporter: Reporter) -> dict[str, typed.Function]:
    functions: dict[str, typed.Function] = {}
    for item in items:
        if isinstance(item, syntax.Function) and symbols.places.get(("ordinary", item.name.text)) is item.name.span:
            made = check_function(item, symbols, Body(reporter))
            if made is not None:
                functions[made.name] = made
    return functions

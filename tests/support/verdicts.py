"""Verdicts on short texts, as the command line would give them."""

from gupproof.language import load_text
from gupproof.proving.checks import check_obligations
from gupproof.proving.obligations import grouped
from gupproof.proving.result import Result, Verdict
from gupproof.proving.run import prove_group


def results(text: str, *models: str, settings: tuple[str, ...] = ()) -> list[Result]:
    """Return the results of every property of every scenario of a text."""
    unit = load_text(text)
    obligations = check_obligations(unit, models=models or ("sc",), target=None, scenarios=(), settings=settings)
    return [result for group in grouped([unit], obligations) for result in prove_group(group, timeout=60)]


def verdicts(text: str, *models: str, settings: tuple[str, ...] = ()) -> dict[str, Verdict]:
    """Return property → verdict; where platforms differ, that of the last."""
    return {result.obligation.property: result.verdict for result in results(text, *models, settings=settings)}

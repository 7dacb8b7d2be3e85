"""An execution that satisfies the condition of a litmus test, with its story."""

from dataclasses import dataclass
from pathlib import Path

from gupproof.diagnostics import Diagnostic, GupError
from gupproof.encoding.encoding import encode
from gupproof.execution.replay import Replay
from gupproof.execution.story import StoryLine, tell
from gupproof.litmus.outcome import CONDITION
from gupproof.proving.observation import Request, lowered, own_model, platform_of, read_test
from gupproof.proving.platforms import model_of
from gupproof.proving.questions import Questions
from gupproof.solving.solver import Outcome, Solver


@dataclass(frozen=True, slots=True)
class Witness:
    """An execution that satisfies the condition, with its story."""

    replay: Replay
    story: tuple[StoryLine, ...]


def find_witness(path: Path, request: Request) -> Witness | None:
    """Return an execution that satisfies a test's condition; None if the model allows none.

    Raises:
        GupError: the file is no litmus test, the model cannot be used, or the time was too short.
        Unsupported: the test is outside what is judged.

    """
    test = read_test(path)
    platform = platform_of(request.model or own_model(test))
    model = model_of(platform, request.reading)
    program = lowered(test, platform, request.unroll, request.reading).program
    encoding = encode(program, model)
    questions = Questions(encoding, model, Solver(encoding.dimacs))
    finding = questions.ask(encoding.covered[CONDITION], timeout=request.timeout, reaches=CONDITION)
    if finding.outcome is Outcome.UNKNOWN:
        message = f"{path}: no execution was found within {request.timeout:g} s"
        raise GupError(Diagnostic(code="U014", message=message, help="allow more with --timeout"))
    return None if finding.replay is None else Witness(finding.replay, tell(program, model, finding.replay))

"""Results as JSON documents, and back. docs/results.schema.json describes them."""

from collections.abc import Sequence
from typing import Any

from gupproof import __version__
from gupproof.execution.ending import FinalValue
from gupproof.execution.story import Edge, StoryLine
from gupproof.program.events import Kind
from gupproof.proving.result import SCHEMA_VERSION, Obligation, Result, Verdict

Json = dict[str, Any]


def document(command: str, results: Sequence[Result], *, interrupted: bool, seconds: float) -> Json:
    """Return the JSON document of a run."""
    from gupproof.solving.solver import Solver  # noqa: PLC0415 - the solver is slow to import, and listings do without

    return {
        "schema_version": SCHEMA_VERSION,
        "tool": "gupproof",
        "version": __version__,
        "solver": f"z3 {Solver.version()}",
        "command": command,
        "interrupted": interrupted,
        "seconds": round(seconds, 3),
        "summary": summary(results),
        "results": [record(result) for result in results],
    }


def summary(results: Sequence[Result]) -> Json:
    """Return the counts of a run."""
    counts = {verdict.value: sum(result.verdict is verdict for result in results) for verdict in Verdict}
    unexpected = sum(result.as_expected is False for result in results)
    return {"obligations": len(results), "unexpected": unexpected, **counts}


def record(result: Result) -> Json:
    """Return one result as JSON."""
    item = result.obligation
    return {
        "file": item.file,
        "theorem": item.theorem or None,
        "claim": item.claim or None,
        "scenario": item.scenario,
        "settings": dict(item.settings),
        "property": item.property,
        "model": item.model,
        "target": item.target,
        "verdict": result.verdict.value,
        "flags": list(result.flags),
        "remark": result.remark,
        "runs": result.runs,
        "ends": result.ends,
        "expected": item.expect,
        "expected_flags": list(item.expected_flags),
        "as_expected": result.as_expected,
        "reason": result.reason,
        "covers": dict(result.reached),
        "seconds": round(result.seconds, 4),
        "build_seconds": round(result.build_seconds, 4),
        "events": result.events,
        "variables": result.variables,
        "clauses": result.clauses,
        "story": [story_line(line) for line in result.story],
        "final": [{"name": item.name, "value": item.value} for item in result.final],
    }


def story_line(line: StoryLine) -> Json:
    """Return one step of a refutation as JSON."""
    return {
        "step": line.step,
        "events": list(line.events),
        "thread": line.thread,
        "place": line.place,
        "text": line.text,
        "kind": line.kind.name.lower() if not line.writes else "read-modify-write",
        "location": line.location or None,
        "value": line.value or None,
        "writes": line.writes or None,
        "reads_from": line.reads_from,
        "overtakes": list(line.overtakes),
        "edges": _edges(line.edges),
        "needed_by": _edges(line.needed_by),
    }


def _edges(edges: Sequence[Edge]) -> list[Json]:
    return [{"name": edge.name, "step": edge.step} for edge in edges]


def result_of(item: Json, obligation: Obligation) -> Result:
    """Return the result that :func:`record` made ``item`` of; without the execution, which is told in its story.

    Args:
        item: the record.
        obligation: what it answers.

    Raises:
        ValueError: it is no record, or one of another obligation.

    """
    try:
        result = Result(
            obligation=obligation,
            verdict=Verdict(item["verdict"]),
            reason=item["reason"],
            flags=tuple(item["flags"]),
            remark=item["remark"],
            runs=item["runs"],
            ends=item["ends"],
            reached=tuple(item["covers"].items()),
            seconds=item["seconds"],
            build_seconds=item["build_seconds"],
            events=item["events"],
            variables=item["variables"],
            clauses=item["clauses"],
            story=tuple(_story_line(line) for line in item["story"]),
            final=tuple(FinalValue(value["name"], value["value"]) for value in item["final"]),
        )
        # A record is whole if it is the one that its own content gives. The file may have been named in another way.
        same = record(result) == {**item, "file": obligation.file}
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"no record: {error}") from error
    if not same:
        raise ValueError("no record of this obligation")
    return result


def _story_line(item: Json) -> StoryLine:
    return StoryLine(
        step=item["step"],
        events=tuple(item["events"]),
        thread=item["thread"],
        place=item["place"],
        text=item["text"],
        kind=Kind.READ if item["writes"] else Kind[item["kind"].upper()],
        location=item["location"] or "",
        value=item["value"] or "",
        writes=item["writes"] or "",
        reads_from=item["reads_from"],
        overtakes=tuple(item["overtakes"]),
        edges=_edges_of(item["edges"]),
        needed_by=_edges_of(item["needed_by"]),
    )


def _edges_of(items: Sequence[Json]) -> tuple[Edge, ...]:
    return tuple(Edge(item["name"], item["step"]) for item in items)

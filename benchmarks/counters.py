"""n threads of k atomic increments each under x86-TSO: vertex elimination against clocks, in one run.

Both encodings state the same acyclicity of the same graphs; the rest of the CNF is shared, and so is the solver. "unsat" is the
proof that no increment is lost, "sat" the search for an execution.
"""

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from unittest.mock import patch

from gupproof.encoding import axioms
from gupproof.encoding.acyclicity import require_acyclic
from gupproof.encoding.cnf import FALSE, Cnf
from gupproof.encoding.encoding import Encoding, encode
from gupproof.language import load_text
from gupproof.program.scenario import lower
from gupproof.proving.platforms import Platform, model_of, target_of
from gupproof.solving.solver import Outcome, Solver

PLATFORM = Platform("x86-tso", "x86-64")
Edges = Mapping[tuple[int, int], int]


def counter_text(threads: int, increments: int) -> str:
    """Return the scenario as .gup text."""
    body = " ".join(["atomic_inc(&c);"] * increments)
    lines = [f"thread t{number} {{ {body} }}" for number in range(threads)]
    total = f"atomic_read(&c) == {threads * increments}"
    return "\n".join(["scenario s {", "atomic_t c;", *lines, f"property all : {total};", f"cover end : {total};", "}"])


def clocks(cnf: Cnf, edges: Edges, together: Callable[[int, int], bool]) -> None:
    """Require acyclicity the usual way: each event has a clock, and every edge leads to a later one."""
    del together
    vertices = sorted({vertex for edge in edges for vertex in edge})
    width = max(1, (len(vertices) - 1).bit_length())
    clock = {vertex: [cnf.variable() for _ in range(width)] for vertex in vertices}
    for (a, b), literal in edges.items():
        if literal == FALSE:
            continue
        less, equal = [], []
        # Most significant bit first: a < b at the first bit in which they differ.
        for one, other in zip(clock[a], clock[b], strict=True):
            less.append(cnf.conjunction([*equal, -one, other]))
            equal.append(cnf.disjunction([cnf.conjunction([one, other]), cnf.conjunction([-one, -other])]))
        cnf.add(-literal, *less)


def encoded(text: str, acyclicity: Callable[..., None]) -> Encoding:
    """Return the counter's encoding with one way to state acyclicity."""
    unit = load_text(text)
    program = lower(unit, unit.scenarios["s"], target_of(PLATFORM))
    with patch.object(axioms, "require_acyclic", acyclicity):
        return encode(program, model_of(PLATFORM))


def measure(threads: int, increments: int, acyclicity: Callable[..., None], limit: float, *, prove: bool) -> str:
    """Return one line's worth of figures; without ``prove`` the proof is left out."""
    started = time.perf_counter()
    encoding = encoded(counter_text(threads, increments), acyclicity)
    build = time.perf_counter() - started
    solver = Solver(encoding.dimacs)

    def figure(literal: int) -> str:
        answer = solver.ask([literal], [], timeout=limit)
        return f"{answer.seconds:7.2f} s" if answer.outcome is not Outcome.UNKNOWN else f"> {limit:5.0f} s"

    proof = figure(encoding.violated["all"]) if prove else "not tried"
    return f"{encoding.clauses:7} clauses  build {build:5.2f} s  unsat {proof:9}  sat {figure(encoding.covered['end'])}"


def main() -> None:
    """Print a line for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--limit", type=float, default=20.0, help="seconds for each question (default 20)")
    parser.add_argument("--largest", type=int, default=5, help="largest n and k (default 5)")
    options = parser.parse_args()
    # A proof that ran out of time at one size is not tried at larger ones.
    for threads in range(2, options.largest + 1):
        given_up: set[str] = set()
        for increments in range(1, options.largest + 1):
            for name, acyclicity in (("elimination", require_acyclic), ("clocks", clocks)):
                line = measure(threads, increments, acyclicity, options.limit, prove=name not in given_up)
                if "unsat >" in line:
                    given_up.add(name)
                sys.stdout.write(f"{threads} x {increments}  {name:11}  {line}\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main()

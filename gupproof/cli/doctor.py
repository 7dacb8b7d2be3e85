"""``gupproof doctor``."""

from collections.abc import Callable

import click

from gupproof.cli import options

_SELF_TEST = """
scenario store_buffering {
    int x, y;
    ghost int r0, r1;
    thread a { WRITE_ONCE(x, 1); r0 = READ_ONCE(y); }
    thread b { WRITE_ONCE(y, 1); r1 = READ_ONCE(x); }
    property seen : r0 == 1 || r1 == 1;
    cover both : r0 == 1 && r1 == 1;
}
theorem buffered { store_buffering shows seen under sc expect proved; store_buffering shows seen under x86-tso expect refuted; }
"""


@click.command("doctor")
@options.as_json
def command(as_json: bool) -> None:
    """Check this installation: its parts, their versions, its data files, and a small proof and refutation."""
    import json  # noqa: PLC0415

    from gupproof.cli.exits import Exit  # noqa: PLC0415

    checks: list[tuple[str, Callable[[], str]]] = [
        ("python", _python),
        ("libraries", _libraries),
        ("data files", _data),
        ("memory models", _models),
        ("a proof and a refutation", _proof),
    ]
    entries = []
    for name, examine in checks:
        try:
            entries.append({"check": name, "ok": True, "detail": examine()})
        except Exception as error:
            entries.append({"check": name, "ok": False, "detail": f"{type(error).__name__}: {error}"})
    healthy = all(entry["ok"] for entry in entries)
    if as_json:
        click.echo(json.dumps({"schema_version": 1, "tool": "gupproof", "command": "doctor", "ok": healthy, "checks": entries}))
    else:
        for entry in entries:
            click.echo(f"{'ok  ' if entry['ok'] else 'FAIL'}  {entry['check']}: {entry['detail']}")
        click.echo("all well" if healthy else "something is wrong: reinstall gupproof, or report this")
    click.get_current_context().exit(Exit.AS_EXPECTED if healthy else Exit.INTERNAL)


def _python() -> str:
    import platform  # noqa: PLC0415

    return f"{platform.python_version()} on {platform.system()} {platform.machine()}"


def _libraries() -> str:
    from importlib.metadata import version  # noqa: PLC0415

    from gupproof.solving.solver import Solver  # noqa: PLC0415

    return ", ".join([*(f"{name} {version(name)}" for name in ("gupproof", "click", "lark")), f"z3 {Solver.version()}"])


def _data() -> str:
    from gupproof.resources import data_root, proofs_dir, spec_dir  # noqa: PLC0415

    counts = [f"{len(list(folder.rglob('*.gup')))} in {folder.name}/" for folder in (spec_dir(), proofs_dir())]
    return f"{data_root()}: .gup files: {', '.join(counts)}"


def _models() -> str:
    from gupproof.cat.reader import known_models  # noqa: PLC0415
    from gupproof.proving.platforms import model_of, platforms  # noqa: PLC0415

    names = [str(platform) for name in sorted(known_models()) for platform in platforms(name) if model_of(platform)]
    return ", ".join(names)


def _proof() -> str:
    from gupproof.language import load_text  # noqa: PLC0415
    from gupproof.proving.obligations import grouped, obligations_of  # noqa: PLC0415
    from gupproof.proving.run import prove  # noqa: PLC0415

    unit = load_text(_SELF_TEST, "<doctor>")
    groups = grouped([unit], obligations_of(unit))
    results = [result for finished in prove(groups, jobs=1, timeout=30) for result in finished]
    wrong = [
        f"{result.obligation.model}: {result.verdict.value} ({result.reason})" for result in results if not result.as_expected
    ]
    if wrong:
        raise RuntimeError("store buffering came out wrong: " + "; ".join(wrong))
    return "store buffering is proved impossible under sc, and refuted under x86-tso"

"""``gupproof fmt``."""

import click

from gupproof.cli import options


@click.command("fmt")
@click.argument("files", nargs=-1, required=True, type=click.Path())
@click.option("--check", "check_only", is_flag=True, help="Change nothing; exit 1 if a file is not in canonical style.")
@click.option("--diff", is_flag=True, help="Change nothing; print what would change.")
@options.as_json
def command(files: tuple[str, ...], check_only: bool, diff: bool, as_json: bool) -> None:
    """Format .gup FILES in the canonical style; comments stay. ``-`` reads standard input and writes standard output."""
    import json  # noqa: PLC0415
    import sys  # noqa: PLC0415
    from difflib import unified_diff  # noqa: PLC0415
    from pathlib import Path  # noqa: PLC0415

    from gupproof.cli.exits import Exit  # noqa: PLC0415
    from gupproof.cli.running import gup_files  # noqa: PLC0415
    from gupproof.cli.writing import write_whole  # noqa: PLC0415
    from gupproof.diagnostics import read_source, source_text  # noqa: PLC0415
    from gupproof.language.format import format_text  # noqa: PLC0415

    if files == ("-",):
        text = source_text(sys.stdin.buffer.read(), name="standard input", kind="a .gup file")
        result = format_text(text, "<stdin>")
        if not check_only:
            click.echo(result, nl=False)
        click.get_current_context().exit(Exit.UNEXPECTED if check_only and result != text else Exit.AS_EXPECTED)
    paths = gup_files(files)
    texts: dict[Path, str] = {path: read_source(path, kind="a .gup file") for path in paths}
    # Everything is formatted before anything is written: a file that cannot be read stops the run with nothing changed.
    formatted = {path: format_text(text, str(path)) for path, text in texts.items()}
    changed = [path for path in paths if formatted[path] != texts[path]]
    for path in changed:
        if diff:
            old, new = texts[path].splitlines(keepends=True), formatted[path].splitlines(keepends=True)
            click.echo("".join(unified_diff(old, new, str(path), str(path))), nl=False)
        elif not check_only:
            write_whole(path, formatted[path])
    if as_json:
        names = [str(path) for path in changed]
        click.echo(json.dumps({"schema_version": 1, "tool": "gupproof", "command": "fmt", "changed": names}))
    elif not diff:
        verb = "would be reformatted" if check_only else "reformatted"
        for path in changed:
            click.echo(f"{path}: {verb}")
        click.echo(f"{len(changed)} of {len(paths)} files {verb}")
    if changed and (check_only or diff):
        click.get_current_context().exit(Exit.UNEXPECTED)

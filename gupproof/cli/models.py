"""``gupproof models``."""

import click

from gupproof.cli import options


@click.command("models")
@options.as_json
def command(as_json: bool) -> None:
    """List the memory models, with the targets they go with and the files they are read from.

    The files that stand in for published ones that a model may include come last.
    """
    import json  # noqa: PLC0415

    from gupproof.cat.files import known_models, standins  # noqa: PLC0415
    from gupproof.program.target_reader import known_targets  # noqa: PLC0415
    from gupproof.proving.platforms import model_of, platforms  # noqa: PLC0415

    targets = known_targets()
    entries = []
    for name, path in sorted(known_models().items()):
        model = model_of(platforms(name)[0])
        fitting = [target for target in targets if name in target.models]
        entries.append(
            {
                "name": name,
                "title": model.title,
                "file": str(path),
                "axioms": [axiom.name for axiom in model.axioms],
                "targets": [{"name": target.name, "title": target.title, "file": target.path} for target in fitting],
            }
        )
        if not as_json:
            click.echo(f"{name}: {model.title}  ({path})")
            click.echo(f"    axioms: {', '.join(axiom.name for axiom in model.axioms)}")
            for target in fitting:
                click.echo(f"    {name}/{target.name}: {target.title}  ({target.path})")
    own = [str(path) for path in standins().values()]
    if as_json:
        head = {"schema_version": 1, "tool": "gupproof", "command": "models"}
        click.echo(json.dumps(head | {"models": entries, "standins": own}, indent=2))
    else:
        click.echo("read in place of published files of the same name:")
        for file in own:
            click.echo(f"    {file}")

"""The ``gupproof`` command. Commands are imported when they run, so that ``--help`` is instant."""

import importlib
import os
import sys

import click

from gupproof import __version__
from gupproof.cli.exits import Exit
from gupproof.cli.interrupts import keep_interrupts

COMMANDS = {
    "prove": "Prove or refute theorems, and print the table.",
    "check": "Check a file; with properties in it, verify them.",
    "explain": "Tell the refutation of a theorem as a story, step by step.",
    "claims": "List what was claimed in the mail thread, and the answers.",
    "barriers": "Find out which barriers a theorem needs, the cheapest ones, and why.",
    "sensitivity": "Find the lines of the text that each proof rests on.",
    "export": "Write the refutation of a theorem as a litmus test.",
    "litmus": "Judge litmus tests in X86, AArch64, RISC-V and Power assembly.",
    "lowering": "Check target tables against the kernel's promises and their instructions.",
    "models": "List the memory models and their targets.",
    "fmt": "Format .gup files in the canonical style.",
    "doctor": "Check this installation.",
}


class Commands(click.Group):
    """Finds a command's module by its name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order people meet them."""
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"gupproof.cli.{cmd_name}")
        command = module.command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        del ctx
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 as expected, 1 not as expected, 2 bad input, 3 unknown or a limit hit, 4 internal error.",
)
@click.version_option(__version__, message="gupproof %(version)s")
def cli() -> None:
    """Prove or refute properties of concurrent kernel code under weak memory models.

    \b
    gupproof prove                     every theorem that comes with gupproof
    gupproof prove my.gup              the theorems of a file
    gupproof check my.gup              check a file, and verify its scenarios
    gupproof explain THEOREM           a refutation, step by step
    """  # noqa: D301 - click's own mark for text that is not to be rewrapped


def main() -> None:
    """Run the command line; never ends in a traceback unless GUPPROOF_DEBUG is set."""
    output = sys.stdout
    keep_interrupts()
    try:
        code = cli.main(prog_name="gupproof", standalone_mode=False)
        sys.exit(code if isinstance(code, int) else 0)
    except SystemExit:
        # The reader of our output (head, less) has gone: click then wraps it so that it keeps quiet, and leaves with 1, which
        # here would be a verdict.
        if sys.stdout is not output:
            sys.exit(Exit.AS_EXPECTED)
        raise
    except click.ClickException as error:
        error.show()
        sys.exit(Exit.BAD_INPUT)
    except click.Abort:
        click.echo("interrupted", err=True)
        sys.exit(Exit.UNKNOWN)
    except BrokenPipeError:
        # The same, where it happens outside a command.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(Exit.AS_EXPECTED)
    except Exception as error:
        sys.exit(_failure(error))


def _failure(error: Exception) -> int:
    from gupproof.diagnostics import GupError  # noqa: PLC0415 - keeps --help free of imports

    if isinstance(error, GupError):
        for item in error.diagnostics:
            click.echo(item.render(), err=True)
        return Exit.BAD_INPUT
    if os.environ.get("GUPPROOF_DEBUG"):
        raise error
    click.echo(
        f"gupproof: internal error: {type(error).__name__}: {error}\n"
        "This is a defect of gupproof, not of your input. Run again with GUPPROOF_DEBUG=1 for the details to report.",
        err=True,
    )
    return Exit.INTERNAL

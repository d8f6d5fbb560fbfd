"""The command line. A command's module is loaded when it is called: `--help` loads only click."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NoReturn

import click

from inkhue import __version__
from inkhue.errors import InkhueError, did_you_mean

# What each command does; its module has the same name and defines `command`.
COMMANDS = {
    "color": "Colour a line drawing.",
    "models": "List the models.",
    "doctor": "Check the installation.",
    "bench": "Measure speed and memory.",
    "lines": "Turn a picture into a line drawing.",
    "prepare": "Make shards for training from a folder of pictures.",
    "train": "Train one stage of a model.",
    "export": "Make a model folder from training runs.",
    "evaluate": "Score models, fills and programs.",
}
VERBOSITY = "inkhue.verbosity"  # key of click's context: -1 quiet, 0, 1 verbose
INTERRUPTED = 130  # as a shell reports Ctrl-C


def say(message: str, level: int = 0) -> None:
    """Write a line for the person to stderr; level 0: not with `-q`, 1: with `-v` alone."""
    if level <= click.get_current_context().meta.get(VERBOSITY, 0):
        click.echo(f"inkhue: {message}", err=True)


@contextmanager
def needing(extra: str) -> Iterator[None]:
    """Import what a bare install lacks; if it is missing, an InkhueError names the extra."""
    try:
        yield
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] == "inkhue":
            raise
        raise InkhueError(f"{error.name} is not installed: pip install inkhue[{extra}]") from error


class Commands(click.Group):
    """Commands loaded by name, and errors as one line: exit code 1 failed, 2 usage."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """Load a command's module."""
        if name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(f"inkhue.cli.{name}").command
        if not any(option.name == "quiet" for option in command.params):
            command.params += verbosity_options()
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; an unknown one is an error that names the nearest."""
        if not args[0].startswith("-") and args[0] not in COMMANDS:
            ctx.fail(f"no command {args[0]!r}{did_you_mean(args[0], COMMANDS)}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        **extra: Any,  # noqa: ANN401
    ) -> NoReturn:
        """Run a command and exit."""
        args = list(sys.argv[1:] if args is None else args) or ["--help"]
        extra["standalone_mode"] = False
        try:
            code = super().main(args, "inkhue", **extra)
        except click.ClickException as error:
            code = fail(usage_line(error), error.exit_code)
        except InkhueError as error:
            code = fail(str(error), error.exit_code)
        except click.Abort:
            code = fail("interrupted", INTERRUPTED)
        except MemoryError:
            code = fail("out of memory: give a smaller picture or --size, or close programs", 1)
        except OSError as error:
            code = fail(str(error), 1)
        sys.exit(code if isinstance(code, int) else 0)


def fail(message: str, code: int) -> int:
    """Write an error as one line and return its exit code."""
    click.echo(f"inkhue: {' '.join(message.split())}", err=True)
    return code


def usage_line(error: click.ClickException) -> str:
    """Say what is wrong with the arguments, and where the help is."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context else "inkhue"
    return f"{error.format_message().rstrip('.')} (see {path} --help)"


def verbosity_options() -> list[click.Parameter]:
    """Return `-q` and `-v`, which stand before or after a command's name."""

    def store(ctx: click.Context, option: click.Parameter, given: bool) -> None:
        if given:
            ctx.meta[VERBOSITY] = -1 if option.name == "quiet" else 1

    return [
        click.Option(
            [short, f"--{name}"], is_flag=True, expose_value=False, callback=store, help=text
        )
        for short, name, text in (
            ("-q", "quiet", "Errors alone."),
            ("-v", "verbose", "Say more about what is done."),
        )
    ]


main = Commands(
    "inkhue",
    params=verbosity_options(),
    help="Colour line drawings from a few dabs of colour. Nothing leaves this machine.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
main = click.version_option(__version__, prog_name="inkhue")(main)

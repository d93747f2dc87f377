"""The command `sim`: finds the subcommand, and turns whatever happens into an exit code.

0 done, 1 our bug, 2 usage, 3 invalid scenario or data, 4 incomplete but resumable, 5 environment, 130 interrupted.
Only click is imported here: `sim --help` must come at once.
"""

from __future__ import annotations

import codecs
import io
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import IO, Any

import click

from sim.arguments import ONE_THREAD
from sim.cli.commands import COMMANDS, module_of
from sim.errors import RunError, SimError

DONE, BUG, USAGE, ENVIRONMENT, INTERRUPTED = 0, 1, 2, 5, 130

MOST_WIDTH = 100
"""Columns of the help text at most."""


class LazyGroup(click.Group):
    """Knows its commands from the catalogue and imports only the one that is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the catalogue."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, imported now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(module_of(cmd_name)).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list in the help text, without importing any command."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does it, with a suggestion for a command that is not there."""
        if args[0] == "help":  # as other programs have it
            if not args[1:] or args[1].startswith("-"):
                click.echo(ctx.get_help())
                ctx.exit()
            args = [*args[1:], "--help"]
        if args == ["version"]:
            _version(ctx, ctx.command.params[0], True)
        name = args[0]
        if name not in COMMANDS and not name.startswith("-"):
            from sim.text.suggestions import did_you_mean

            hint = _command_meant(args) or did_you_mean(name, COMMANDS) or f"There are {', '.join(COMMANDS)}."
            raise click.UsageError(f"No such command {name!r}. {hint}", ctx)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """As click does it, which takes every closed pipe for that of stdout, and an EOFError for an interrupt."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:
            raise RunError(f"cannot write: {error.strerror or 'the pipe is closed'}") from error
        except EOFError as error:
            raise RuntimeError("a file or a process ended too early") from error


def _command_meant(args: list[str]) -> str:
    """A question that offers the command for words without one: a scenario, a saved run, a picture, a table."""
    from sim.scenario import shipped

    first, *rest = args
    if first in ("ls", "list", "scenarios", "examples"):
        return f"{shipped.listed()} `sim run {next(iter(shipped.files()))}` runs one; `sim data` lists the tables."
    if first.endswith(".toml") or first in shipped.files():
        command = "compare" if rest and (rest[0].endswith(".toml") or rest[0] in shipped.files()) else "run"
        return f"Did you mean `sim {command} {' '.join(args)}`?"
    if os.path.isfile(os.path.join(first, "manifest.json")):
        return f"Did you mean `sim report {first}`?"
    if first in OTHER_COMMANDS:
        return f"Did you mean `sim {OTHER_COMMANDS[first]}`?"
    return ""


OTHER_COMMANDS = {
    "simulate": "run", "start": "run", "validate": "check", "lint": "check", "diff": "compare", "plot": "chart",
    "draw": "chart", "fan": "chart fan", "ranked": "chart ranked", "multiples": "chart multiples",
    "heat": "chart heat", "shortfall": "chart shortfall", "allies": "data allies", "countries": "data allies",
    "tables": "data", "show": "report", "html": "report", "explain": "replay", "story": "replay", "path": "replay",
    "excel": "export", "csv": "export", "save": "export", "fit": "calibrate", "estimate": "calibrate",
    "forecast": "freeze",
}  # fmt: skip
"""What commands are called elsewhere, with ours of that meaning."""


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"burdenshare {version('burdenshare')}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": MOST_WIDTH},
    epilog="`sim COMMAND --help` explains a command. Results go to stdout, everything else to stderr.",
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Print the version."
)
def sim() -> None:
    """Which NATO allies will keep their spending pledge, with what probability, and what would change it.

    Every probability is a number of simulated runs, given the assumptions of a scenario file.
    """


def main(args: Sequence[str] | None = None) -> None:
    """Run the command line and leave the process with its exit code."""
    os.environ.setdefault(*ONE_THREAD)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if type(stream) is io.TextIOWrapper:
            heard = _Heard(
                stream.buffer, stream.encoding, line_buffering=stream.line_buffering, write_through=stream.write_through
            )
            setattr(sys, name, heard)
    code = run(args)
    _handled(signal.SIGINT, signal.SIG_IGN)  # all is done: what Python has left to do is not worth a traceback
    sys.exit(code)


class _Heard(io.TextIOWrapper):
    """Text for somebody who may stop listening (`| head`): that is no reason to stop what else a command has to do."""

    def write(self, text: str, /) -> int:
        """Write, or drop what nobody reads."""
        try:
            return super().write(text)
        except BrokenPipeError:
            _discard(self)
            return len(text)

    def flush(self) -> None:
        """Flush, or drop what nobody reads."""
        try:
            super().flush()
        except BrokenPipeError:
            _discard(self)
            super().flush()


def run(args: Sequence[str] | None = None) -> int:
    """Run the command line: its exit code; whatever goes wrong is said on stderr."""
    _prepare_streams()
    _interrupted.clear()
    before = {number: _handled(number, _stop) for number in _HANDLED}
    try:
        outcome = sim.main(args=args, prog_name="sim", standalone_mode=False)
        sys.stdout.flush()
        return outcome if isinstance(outcome, int) else DONE
    except BaseException as error:
        if _interrupted:  # a library may have made another exception of it, or what it stopped may have failed
            return _stopped(_interrupted[-1])
        return _failed(error, sys.argv[1:] if args is None else args)
    finally:
        for number, handler in before.items():
            if handler is not None:
                signal.signal(number, handler)


def _failed(error: BaseException, args: Sequence[str]) -> int:
    """Say what went wrong with the words `args`: the exit code."""
    match error:
        case KeyboardInterrupt() | click.Abort():
            return _stopped(signal.SIGINT)
        case click.ClickException():
            _say(_message(error, args))
            return USAGE
        case SimError():
            _say(str(error) if error.exit_code == 3 else f"Error: {error}")
            return error.exit_code
        case MemoryError():
            _say("Error: not enough memory; try fewer --workers")
            return ENVIRONMENT
        case OSError():
            where = f" {error.filename}" if error.filename else ""
            _say(f"Error: cannot read or write{where}: {error.strerror or error}")
            return ENVIRONMENT
    # the last resort: whatever is not foreseen is our bug, and says so
    import traceback

    _say(
        f"{''.join(traceback.format_exception(error))}\n"
        "This is a bug in sim, not in your input. Please report it with the text above and the command you gave."
    )
    return BUG


def _stopped(number: int) -> int:
    if number == signal.SIGINT:
        _say("Interrupted; nothing half-written is left.")
    return 128 + number


class _Ended(BaseException):
    """Somebody asked the process to end (SIGTERM), or its terminal was closed (SIGHUP)."""


_interrupted: list[int] = []
"""Signals that have come."""


def _stop(number: int, frame: object) -> None:
    """End worker processes at once instead of waiting for their blocks, then unwind."""
    if "multiprocessing" in sys.modules:
        from multiprocessing import active_children

        for child in active_children():
            child.kill()  # SIGTERM does not end one that is stopped
    _interrupted.append(number)
    raise KeyboardInterrupt if number == signal.SIGINT else _Ended


_HANDLED = [getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]


def _handled(number: signal.Signals, handler: Any) -> Any:
    """Put `handler` in place of Python's own; None where somebody else's stands, or this is not the main thread."""
    if signal.getsignal(number) not in (signal.default_int_handler, signal.SIG_DFL):
        return None
    try:
        return signal.signal(number, handler)
    except ValueError:
        return None


def _prepare_streams() -> None:
    """An ally's name must not end a run on an ASCII terminal, nor a stream that was closed before the start."""
    codecs.register_error("sim", _in_ascii)
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w"))  # noqa: SIM115 (for the life of the process)
        elif hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="sim")


def _in_ascii(error: UnicodeError) -> tuple[str, int]:
    """What a terminal that cannot show a character gets instead."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    from unicodedata import normalize

    signs = {"–": "-", "≥": ">=", "─": "-", "…": "..."}
    text = error.object[error.start : error.end]
    return "".join(signs.get(c) or normalize("NFKD", c)[0].encode("ascii", "replace").decode() for c in text), error.end


def _message(error: click.ClickException, args: Sequence[str]) -> str:
    """What click says of an error: the usage, where to find help, what is wrong; and what was meant."""
    from sim.cli.hints import meant

    hint, said = meant(error, args), io.StringIO()
    if hint and isinstance(error, click.NoSuchOption):  # without options that only look like it
        error = click.NoSuchOption(error.option_name, ctx=error.ctx)
    error.show(file=said)
    return "\n".join(filter(None, (said.getvalue().rstrip("\n"), hint)))


def _say(text: str) -> None:
    from sim.text.escaping import plain_lines

    try:
        click.echo(plain_lines(text), err=True)
    except OSError:  # nobody listens
        _discard(sys.stderr)


def _discard(stream: IO[str]) -> None:
    """Send what is still buffered nowhere, so that leaving the process is silent."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
    except (OSError, ValueError):  # a stream without a file
        pass

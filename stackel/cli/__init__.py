"""The ``stackel`` command: one file a subcommand, each one thin call of :mod:`stackel.api`.

Exit codes: 0 done, 1 a verdict is not as expected, 2 bad input (one line on standard error),
130 stopped with Ctrl-C.
"""

import os
import sys

import typer

from stackel.cli.explore import explore
from stackel.cli.games import games
from stackel.cli.reproduce import reproduce
from stackel.cli.solve import solve
from stackel.cli.train import train
from stackel.cli.verify import verify
from stackel.errors import StackelError

STOPPED = 130
"""Exit code after Ctrl-C, by the shells' convention."""
CommandError: type[Exception] = typer.BadParameter.__mro__[2]
"""The base of typer's errors about options and arguments, which it does not export by name."""

app: typer.Typer = typer.Typer(
    name="stackel",
    help="Exact, certified Stackelberg equilibria, learning dynamics, and a paper decided.",
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(solve)
app.command()(games)
app.command()(train)
app.command()(reproduce)
app.command()(explore)
app.command()(verify)


@app.callback(invoke_without_command=True)
def root(
    context: typer.Context,
    version: bool = typer.Option(False, "--version", help="Print the version."),
) -> None:
    """Exact, certified Stackelberg equilibria: matrix, Bayesian, gridworld and Markov games."""
    if version:
        from importlib.metadata import version as installed

        print(f"stackel {installed('stackel')}")
    elif context.invoked_subcommand is None:
        print(context.get_help())


def main(arguments: list[str] | None = None) -> int:
    """Run the command line and return its exit code; errors are one line on standard error."""
    try:
        code = app(arguments, standalone_mode=False) or 0
        sys.stdout.flush()
        return _fail("stopped", STOPPED) if code == STOPPED else int(code)
    except StackelError as error:
        return _fail(str(error), 2)
    except (KeyboardInterrupt, typer.Abort):
        return _fail("stopped", STOPPED)
    except (BrokenPipeError, SystemExit):  # the reader of a pipe went away: not our failure
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nor at the last flush
        return 0
    except OSError as error:
        return _fail(f"output cannot be written: {error.strerror}", 2)
    except CommandError as error:
        return _fail(str(getattr(error, "format_message", error.__str__)()), 2)


def _fail(message: str, code: int) -> int:
    """Say what went wrong in one line on standard error."""
    line = "".join(c if c.isprintable() else "?" for c in " ".join(message.split()))
    print(f"stackel: {line}", file=sys.stderr)
    return code

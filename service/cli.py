"""The command `matcher`: 0 done, 1 the work failed, 2 wrong use."""

import sys

import click

from index.errors import BadInput, EngineError
from service.commands.build import build
from service.commands.changes import remove, set_
from service.commands.directory import check, import_
from service.commands.evaluation import evaluate
from service.commands.search import search, show
from service.commands.serve import serve
from service.commands.versions import diff, rollback, verify, versions


class Commands(click.Group):
    """Turns the project's own errors into a line on standard error and an exit code."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; one that isn't there may be a client's words and is not repeated."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            known = ", ".join(self.commands)
            raise click.UsageError(f"the first word must be a command: {known}", ctx) from None

    def invoke(self, ctx: click.Context) -> object:
        """Run a command; what was given wrongly ends with 2, work that failed with 1."""
        try:
            return super().invoke(ctx)
        except EngineError as error:
            click.echo(f"Error: {error}", err=True)
            ctx.exit(2 if isinstance(error, BadInput) and error.field else 1)
        except BrokenPipeError:
            raise  # whoever read our output has enough of it; click ends quietly
        except OSError as error:
            # Its message names files, never what a client wrote.
            click.echo(f"Error: {error}", err=True)
            ctx.exit(1)


@click.group(cls=Commands)
@click.version_option(package_name="therapist-matcher")
def matcher() -> None:
    """Find the therapists whose statements answer a client's own words."""


COMMANDS = (
    import_,
    check,
    build,
    search,
    show,
    set_,
    remove,
    serve,
    versions,
    verify,
    rollback,
    diff,
    evaluate,
)
for command in COMMANDS:
    matcher.add_command(command)


def main() -> None:
    """Run the command line."""
    # What is printed may hold any character, whatever the terminal's locale says.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    matcher(prog_name="matcher")

"""The command `matcher`: 0 done, 1 the work failed, 2 wrong use."""

import sys
from importlib import import_module

import click

from index.errors import BadInput, EngineError

# A command's module is imported when it is asked for: what builds takes half a second to import,
# and `serve` has to set the number of threads before numpy and the others are there to read it.
COMMANDS = {
    "import": "directory.import_",
    "check": "directory.check",
    "build": "build.build",
    "search": "search.search",
    "show": "search.show",
    "set": "changes.set_",
    "put": "changes.put",
    "remove": "changes.remove",
    "serve": "serve.serve",
    "versions": "versions.versions",
    "verify": "versions.verify",
    "rollback": "versions.rollback",
    "diff": "versions.diff",
    "eval": "evaluation.evaluate",
    "keys": "keys.keys",
}


class Commands(click.Group):
    """Turns the project's own errors into a line on standard error and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands in alphabetical order, as click has it."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import a command."""
        if cmd_name not in COMMANDS:
            return None
        module, name = COMMANDS[cmd_name].split(".")
        command: click.Command = getattr(import_module(f"service.commands.{module}"), name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command; one that isn't there may be a client's words and is not repeated."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError:
            known = ", ".join(COMMANDS)
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


def main() -> None:
    """Run the command line."""
    # What is printed may hold any character, whatever the terminal's locale says.
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")
    matcher(prog_name="matcher")

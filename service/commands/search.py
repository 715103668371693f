"""Commands on a version: search, show."""

import sys
from collections.abc import Callable
from typing import Any

import click

from index.errors import BadInput
from index.where import Where
from matcher import Matcher
from matcher.records import Therapist
from matcher.results import Match, Result
from matcher.safety import Crisis
from service.commands.options import as_json, index, print_json

WIDTH = 88
# Filters whose values may be given several times; the option is the singular.
LISTS = {
    "insurance": "insurance",
    "language": "languages",
    "issue": "issues",
    "approach": "approaches",
    "not-approach": "not_approaches",
    "age": "ages",
    "time": "times",
    "gender": "gender",
    "identity": "identities",
}


def _list_options(command: Callable[..., None]) -> Callable[..., None]:
    for option, filter_ in reversed(LISTS.items()):
        names = dict.fromkeys([f"--{option}", f"--{filter_.replace('_', '-')}"])
        command = click.option(
            *names, filter_, multiple=True, help="May be given several times: any of them."
        )(command)
    return command


class QuietCommand(click.Command):
    """A command whose usage errors don't repeat what was typed: a client's words may be in it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse, and say in our own words what click would answer with the words typed."""
        try:
            return super().parse_args(ctx, args)
        except click.MissingParameter:
            raise
        except click.BadParameter as error:
            name = error.param.opts[-1] if error.param else "an option"
            raise click.UsageError(f"the value of {name} is not usable; see --help", ctx) from None
        except click.UsageError:
            raise click.UsageError(
                "put the text in quotes, after -- where it begins with a dash, or give - and "
                "write it to standard input; see --help for the options",
                ctx,
            ) from None


@click.command(
    cls=QuietCommand,
    epilog='Example: matcher search "I lie awake and go over everything I said" --index my-index '
    "--state WA --telehealth -k 5. Use - as the text to read it from standard input, so that it "
    "stays out of the shell's history.",
)
@click.argument("text")
@index
@click.option("--state", help="Licensed in this state, as a code such as WA.")
@click.option("--telehealth/--no-telehealth", default=None, help="Offers online sessions.")
@click.option("--in-person/--no-in-person", default=None, help="Offers sessions in person.")
@click.option("--accepting/--no-accepting", default=None, help="Takes new clients.")
@_list_options
@click.option("--max-fee", type=float, help="US dollars a session.")
@click.option("--near", metavar="ZIP", help="Close to this ZIP code.")
@click.option("--miles", type=float, help="How close to --near; 25 unless given.")
@click.option("-k", "--limit", default=10, show_default=True, help="How many, 1 to 100.")
@click.option("--min-score", type=float, help="Leave out matches that score less.")
@click.option("--page", help="The `next_page` of an answer to the same: go on there.")
@click.option("--plan", is_flag=True, help="Tell on standard error how the index was searched.")
@as_json
def search(
    text: str,
    index: Where,
    near: str | None,
    miles: float | None,
    limit: int,
    min_score: float | None,
    page: str | None,
    plan: bool,
    as_json: bool,
    **filters: Any,
) -> None:
    """Show the therapists whose statements answer a text, each with the passage that does."""
    if text == "-":
        try:
            text = sys.stdin.buffer.read().decode("utf-8").strip()
        except UnicodeDecodeError:
            raise BadInput("standard input is not UTF-8", "text") from None
    wanted = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in filters.items()
        if value not in (None, ())
    }
    if near is not None:
        wanted["near"] = {"zip": near} | ({} if miles is None else {"miles": miles})
    elif miles is not None:
        raise BadInput("--miles says how close to --near: give a ZIP code with it", "miles")
    matcher = Matcher.open(index)
    if matcher.trouble:
        click.echo(f"Warning: {matcher.trouble}", err=True)
    result = matcher.match(text, wanted, limit, min_score, page=page)
    if plan:
        click.echo(result.plan, err=True)
    if as_json:
        print_json(result.body())
    else:
        _print(result)


@click.command(epilog="Example: matcher show t-0001 --index my-index")
@click.argument("id")
@index
@as_json
def show(id: str, index: Where, as_json: bool) -> None:  # noqa: A002
    """Show one therapist as the index has them."""
    therapist = Matcher.open(index).therapist(id)
    if therapist is None:
        raise BadInput(f"no therapist in {index} has this id")
    if as_json:
        print_json(dict(therapist.record))
        return
    click.echo(f"{therapist.name}  ({therapist.id})")
    for field, value in therapist.record.items():
        if field not in ("id", "name", "statements"):
            click.echo(f"  {field}: {_shown(value)}")
    for statement in therapist.statements:
        click.echo(f"\n  About {statement.about}:" if statement.about else "\n  Statement:")
        click.echo(_wrapped(statement.text, "    "))


def _print(result: Result) -> None:
    if result.crisis:
        _print_crisis(result.crisis)
    counts = result.counts
    click.echo(
        f"{len(result.matches)} of {counts.qualifying} therapists who qualify "
        f"({counts.directory} in the directory), version {result.version}"
    )
    if result.matches and not result.good_match:
        click.echo("None of them fits closely; a few more words may help.")
    for number, match in enumerate(result.matches, 1):
        _print_match(number, match)


def _print_crisis(crisis: Crisis) -> None:
    click.echo("If you or someone else may be in danger, please talk to someone now:")
    for resource in crisis.resources:
        ways = [f"call {resource.call}" if resource.call else "", _texting(resource.text)]
        click.echo(f"  {resource.name}: {' or '.join(way for way in ways if way)}, {resource.url}")
    click.echo()


def _texting(text: str | None) -> str:
    return f"text {text}" if text else ""


def _print_match(number: int, match: Match) -> None:
    record = match.therapist.record
    place = ", ".join(record[f] for f in ("city", "state") if f in record)
    facts = [match.therapist.name, record.get("title"), place, _accepting(match.therapist)]
    click.echo(f"\n{number:>2}. {' · '.join(f for f in facts if f)}  [{match.score:.2f}]")
    for evidence in match.evidence:
        click.echo(_wrapped(f"You wrote: {evidence.struggle}", "    "))
        about = f" ({evidence.about})" if evidence.about else ""
        click.echo(_wrapped(f"“{evidence.quote}”{about}", "      "))
    contact = record.get("url") or f"id {match.therapist.id}"
    click.echo(f"    {contact}")


def _accepting(therapist: Therapist) -> str | None:
    stated = therapist.record.get("accepting")
    return {True: "taking new clients", False: "not taking new clients", None: None}[stated]


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _wrapped(text: str, indent: str) -> str:
    return click.wrap_text(text, WIDTH, indent, indent, preserve_paragraphs=True)

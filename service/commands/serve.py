"""The command that serves."""

import os
import socket
from pathlib import Path

import click
import uvicorn
from uvicorn.supervisors import Multiprocess

from index.versions import Store
from service.commands.options import index
from service.strings import DEFAULT, languages

# What numpy (OpenBLAS), FAISS (OpenMP) and Arrow read when they are loaded, which is after this.
# One thread each: requests run side by side already, and a pool for every one of them would only
# have them wait for one another's cores.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")


@click.command(epilog="Example: matcher serve --index my-index --port 8080")
@index
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any free."
)
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Processes."
)
@click.option("--notice", help="A line the page shows on top, such as whose directory this is.")
@click.option(
    "--country",
    default="US",
    show_default=True,
    type=click.Choice(("US", "CA", "GB", "IE", "AU", "NZ")),
    help="Whose crisis lines are given.",
)
@click.option(
    "--language",
    default=DEFAULT,
    show_default=True,
    type=click.Choice(languages()),
    help="The page's own words.",
)
def serve(
    index: Path,
    host: str,
    port: int,
    workers: int,
    notice: str | None,
    country: str,
    language: str,
) -> None:
    """Serve the API and the page, and follow what is published; 1 where there is no version."""
    version, trouble = Store(index).sound()
    if trouble:
        click.echo(f"Warning: {trouble}", err=True)
    os.environ["MATCHER_INDEX"] = str(index.resolve())
    os.environ["MATCHER_COUNTRY"], os.environ["MATCHER_LANGUAGE"] = country, language
    for name in THREADS:
        os.environ.setdefault(name, "1")
    if notice is not None:
        os.environ["MATCHER_NOTICE"] = notice
    bound = _bind(host, port)
    config = uvicorn.Config(
        "service.app:create",
        factory=True,
        http="service.connections:Connection",  # by name: threads are set before it is imported
        ws="none",
        workers=workers,
        log_level="warning",
        # Access logs hold what is asked for, and a query string may hold anything.
        access_log=False,
        server_header=False,
    )
    shown = f"[{host}]" if ":" in host else host
    click.echo(
        f"Serving {version.manifest['counts']['therapists']} therapists (version {version.id}) on "
        f"http://{shown}:{bound.getsockname()[1]} (stop with Ctrl-C)"
    )
    if workers > 1:
        Multiprocess(config, sockets=[bound]).run()
    else:
        uvicorn.Server(config).run(sockets=[bound])


def _bind(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named, since asyncio turns Nagle's algorithm off only where it sees that this is TCP: else an
    # answer's body waits for the client's delayed acknowledgement of its head, some 40 ms.
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
    except OSError as error:
        raise click.ClickException(
            f"can't listen on {host}, port {port} ({error.strerror}): choose another with "
            "--host or --port"
        ) from None
    bound.listen(2048)
    bound.set_inheritable(True)
    return bound

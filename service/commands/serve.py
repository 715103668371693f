"""The command that serves."""

import os
import resource
import socket
from contextlib import suppress
from tempfile import TemporaryDirectory
from typing import Any

import click
import uvicorn
from uvicorn.supervisors import Multiprocess

from index.errors import BadInput
from service import logs
from service.commands.options import config
from service.drain import CUT
from service.keys import Keys
from service.settings import Settings
from service.sources import lines, pass_on, settings_from
from service.strings import DEFAULT

# What numpy (OpenBLAS), FAISS (OpenMP) and Arrow read when they are loaded, which is after this.
# One thread each: requests run side by side already, and a pool for every one of them would only
# have them wait for one another's cores.
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS")
SHARED = "PROMETHEUS_MULTIPROC_DIR"  # where the workers' figures are added up


@click.command(
    epilog="Example: matcher serve --index my-index --port 8080. Each option is also an "
    "environment variable (MATCHER_PORT) and a line of the TOML file that --config names "
    "(port = 8080); an option wins over the environment, that over the file."
)
@click.option("--index", metavar="DIR", help="The index folder, or milvus: and an address.")
@config
@click.option("--host", show_default="127.0.0.1", help="Address to listen on.")
@click.option("--port", show_default="8000", type=int, help="0: any free.")
@click.option("--workers", show_default="1", type=int, help="Processes.")
@click.option("--notice", help="A line the page shows on top, such as whose directory this is.")
@click.option("--country", show_default="US", help="Whose crisis lines: US, CA, GB, IE, AU, NZ.")
@click.option("--language", show_default=DEFAULT, help="The page's own words.")
@click.option("--in-flight", show_default="64", type=int, help="Requests at once in a process.")
@click.option("--deadline", show_default="10", type=float, help="Seconds for a request.")
@click.option("--keys", metavar="FILE", help="The file of API keys; else keys.json in DIR.")
@click.option("--rate", help="Such as 60/minute, for each key or address; else no limit.")
@click.option("--cors", multiple=True, metavar="ORIGIN", help="Its pages may call the API.")
@click.option(
    "--proxies", multiple=True, metavar="ADDRESS", help="Its X-Forwarded-For is believed."
)
@click.option(
    "--without-keys",
    count=True,
    default=None,
    help="Twice: let everybody match, on any address, without a key.",
)
@click.option("--show-config", is_flag=True, help="Print the settings, and where each is from.")
def serve(config: str | None, show_config: bool, **options: Any) -> None:
    """Serve the API and the page, and follow what is published; 1 where there is no version."""
    settings = settings_from(options, config)
    if show_config:
        click.echo("\n".join(lines(settings, options)))
        return
    _guarded(settings)
    pass_on(settings)
    for name in THREADS:
        os.environ.setdefault(name, "1")
    from index.versions import Store  # which loads what reads them

    version, trouble = Store(settings.index).sound()
    if trouble:
        click.echo(f"Warning: {trouble}", err=True)
    host, workers = settings.host, settings.workers
    bound = _bind(host, settings.port)
    served = uvicorn.Config(
        "service.app:create",
        factory=True,
        http="service.connections:Connection",  # by name: threads are set before it is imported
        ws="none",
        workers=workers,
        log_config=logs.config(),
        log_level="warning",
        # Access logs hold what is asked for, and a query string may hold anything.
        access_log=False,
        server_header=False,
        # Whom it would believe by default may be anybody's proxy, or anybody on this machine.
        forwarded_allow_ips=list(settings.proxies),
        timeout_graceful_shutdown=CUT,
    )
    shown = f"[{host}]" if ":" in host else host
    click.echo(
        f"Serving {version.manifest['counts']['therapists']} therapists (version {version.id}) on "
        f"http://{shown}:{bound.getsockname()[1]} (stop with Ctrl-C)"
    )
    _allow_files()
    if workers == 1:
        os.environ.pop(SHARED, None)
        uvicorn.Server(served).run(sockets=[bound])
        return
    # In memory where there is such a place: what is mapped from a full disk kills who writes to it.
    memory = "/dev/shm"  # noqa: S108
    place = memory if os.access(memory, os.W_OK) else None
    with TemporaryDirectory(prefix="matcher-metrics-", dir=place) as folder:
        os.environ[SHARED] = folder
        Workers(served, sockets=[bound]).run()


def _guarded(settings: Settings) -> None:
    if not settings.keyless and not len(Keys(settings.keys)):
        raise BadInput(
            f"{settings.host} can be reached from elsewhere and there are no keys: make one with "
            "`matcher keys add NAME`, or say --without-keys twice to let everybody match",
            "host",
        )


class Workers(Multiprocess):
    """The processes that serve; when they are told to end, so is whoever would still come in."""

    def terminate_all(self) -> None:
        """Leave the socket to the workers, so that it closes with the last of theirs."""
        for bound in self.sockets:
            bound.close()
        super().terminate_all()


def _allow_files() -> None:
    """As many open connections as the system lets this process have, rather than some 1,000."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


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

"""The connection to a Milvus: bounded in time, opened again by itself, with errors of our own."""

import logging
import os
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

import grpc
from pymilvus import MilvusClient, MilvusException
from pymilvus.exceptions import ParamError

from index.errors import Away, Damaged, EngineError
from index.milvus import lite
from index.where import Address

SECONDS, QUICK = 10, 3  # for an answer, and for a small one that is asked for all the time
WORK = 600  # for what a server does with a whole collection
TRIES, PAUSE = 3, 0.2  # how often what will pass is tried, and seconds in between
KEPT_ALIVE = 300  # seconds until a server is asked whether it is there; Milvus Lite takes no more
# Milvus's codes. There is no such collection, or alias; it isn't in a server's memory; a server is
# coming up, a collection being loaded, a node just gone.
UNREACHED, ABSENT, UNLOADED = 2, (100, 1600), 101
PASSING = (1, 103, 106, 401, 503, 901, 905)
TOKEN = "MILVUS_TOKEN"  # noqa: S105 - names the variable

# Else they write down every error that is expected, and every retry, with what was asked.
for name in [name for name in logging.root.manager.loggerDict if name.startswith("pymilvus")]:
    logging.getLogger(name).setLevel(logging.CRITICAL + 1)

T = TypeVar("T")


class Absent(Damaged):
    """A collection is not there."""


class Connection:
    """Sends what is asked to a Milvus. Safe to call from several threads."""

    def __init__(self, address: Address) -> None:
        self.address = address
        self._client: MilvusClient | None = None
        self._opening = threading.Lock()

    def ask(self, method: str, *args: Any, timeout: float = SECONDS, **named: Any) -> Any:
        """What the client's method of this name gives, on a collection that its first argument
        names. Raises Away, Absent where there is no such collection, or EngineError.
        """
        named |= {"timeout": timeout}
        return self._done(lambda client: getattr(client, method)(*args, **named), *args[:1])

    def every(self, name: str, where: str, fields: Sequence[str]) -> list[dict[str, Any]]:
        """All entities of a collection that meet a condition, however many. Raises as `ask`."""
        # Not by the client's iterator, which asks for some things without a bound in time.
        return list(self.ask("query", name, filter=where, output_fields=list(fields)))

    def create(
        self,
        name: str,
        fields: Sequence[Mapping[str, Any]],
        kind: str = "FLAT",
        made: Mapping[str, int] | None = None,
        level: str = "Bounded",
    ) -> None:
        """Make a collection of these fields; the one called "vector" has an index of this kind,
        `made` with these parameters.
        """
        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        for field in fields:
            schema.add_field(**field)
        indexed = MilvusClient.prepare_index_params()
        # Twice: Milvus Lite reads none but those that the client would send no more.
        told = {**made, "params": made} if made else None
        indexed.add_index("vector", index_type=kind, metric_type="IP", params=told)
        # Whoever began may have ended before the second step.
        if not self.ask("has_collection", name):
            self.ask("create_collection", name, schema=schema, consistency_level=level)
        if self.ask("list_indexes", name):
            return
        self.ask("create_index", name, indexed, sync=False)  # nothing is there to wait for

    def settle(self, name: str, rows: int) -> None:
        """Have a collection's rows kept, and searched by whoever asks. Raises Damaged where some
        are missing.
        """
        self.ask("flush", name, timeout=WORK)
        self.ask("load_collection", name, timeout=WORK)
        found = self.count(name, consistency_level="Strong")
        if found != rows:
            raise Damaged(f"{name} in {self.address} has {found} rows instead of {rows}: try again")

    def count(self, name: str, **named: Any) -> int:
        """How many rows a collection has. Raises as `ask`."""
        (row,) = self.ask("query", name, filter="", output_fields=["count(*)"], **named)
        return int(row["count(*)"])

    def _done(self, work: Callable[[MilvusClient], T], collection: str = "") -> T:
        load = False
        for tried in range(TRIES):
            try:
                client = self._open()
                if load:
                    client.load_collection(collection, timeout=WORK)
                return work(client)
            except ParamError as error:  # of the client's own, whose codes are others
                raise EngineError(f"this was not asked rightly: {error.message}") from None
            except MilvusException as error:
                load = error.code == UNLOADED
                if error.code in ABSENT:
                    raise Absent(f"{self.address} has no {collection}: build again") from None
                if error.code in PASSING:
                    time.sleep(PAUSE * tried)
                elif isinstance(error.code, int) and error.code not in (0, UNREACHED, UNLOADED):
                    told = f"{self.address} refused (code {error.code}): {error.message}"
                    raise EngineError(told) from None
                elif not (load or self._left()):
                    break
            except grpc.RpcError:
                if not self._left():
                    break
        raise Away(f"{self.address} can't be reached: is it running, and is {TOKEN} right?")

    def _open(self) -> MilvusClient:
        with self._opening:
            if self._client is None:
                file = self.address.file
                uri = self.address.uri if file is None else lite.served(file)
                # Not shared with others in this process: what is shared stays broken once it was.
                self._client = MilvusClient(
                    uri,
                    token=os.environ.get(TOKEN, ""),
                    timeout=SECONDS,
                    dedicated=True,
                    grpc_options={"grpc.keepalive_time_ms": 1000 * KEPT_ALIVE},
                )
            return self._client

    def _left(self) -> bool:
        """Forget where a file was served, as whoever did so has ended; whether it is a file."""
        with self._opening:
            if self.address.file is not None:
                self._client = None
        return self.address.file is not None


@cache
def connection(address: Address) -> Connection:
    """This process's connection to a Milvus, opened when something is asked."""
    return Connection(address)

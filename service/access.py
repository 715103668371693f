"""Who may call what, and how often: keys as `Authorization: Bearer` brings them, and rates."""

from ipaddress import IPv6Address, ip_address
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPBearer
from fastapi.security.utils import get_authorization_scheme_param
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from matcher.safety import Crisis, crisis
from matcher.text import LONGEST
from service.keys import Key, Keys, Unreadable
from service.metrics import Metrics
from service.openapi import problems
from service.problems import problem
from service.settings import Settings

if TYPE_CHECKING:
    from service.rates import Rates

AGAIN = 10  # seconds until it is worth asking whether somebody has mended the keys
ASK = 'Bearer realm="matcher"'

# These only describe the header to OpenAPI: it is read below, where it may stand but once.
MATCHING = HTTPBearer(
    scheme_name="key",
    description="A key that `matcher keys add` made; needed as soon as there is one.",
    auto_error=False,
)
ADMIN = HTTPBearer(
    scheme_name="admin-key",
    description="A key that `matcher keys add --scope admin` made; always needed.",
    auto_error=False,
)


# What the routes that need a key or are limited may answer, as OpenAPI has it.
KEYED = problems(401, 503)
LIMITED = problems(429)


class TooMany(Exception):
    """Asked more often than the rate allows: worth another try in `seconds`."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def install(app: FastAPI, settings: Settings) -> None:
    """Give an application its keys and its rate, and what it answers where they turn away."""
    app.state.keys = Keys(settings.keys)
    app.state.keyless = settings.keyless
    app.state.rates = None
    if settings.rate:
        from service.rates import Rates  # a while to import, for those alone who set a limit

        app.state.rates = Rates(settings.rate)
    app.add_exception_handler(TooMany, _too_many)
    app.add_exception_handler(Unreadable, _unreadable)


async def matching(request: Request, _: Annotated[Any, Depends(MATCHING)] = None) -> None:
    """Let through who may match: everybody while there are no keys, then holders of one."""
    keys: Keys = request.app.state.keys
    if len(keys) or not request.app.state.keyless:
        request.state.key = _holder(request)


async def admin(request: Request, _: Annotated[Any, Depends(ADMIN)] = None) -> None:
    """Let through who may change the directory: holders of an admin key alone."""
    key = _holder(request)
    if not key.may("admin"):
        told = "this key may match and no more: the scope admin is needed"
        asked = f'{ASK}, error="insufficient_scope", scope="admin"'
        raise HTTPException(403, told, {"WWW-Authenticate": asked})
    request.state.key = key


async def limited(request: Request, _: Annotated[None, Depends(matching)]) -> None:
    """Let through who doesn't ask more often than the rate allows; a batch counts its texts."""
    if request.app.state.rates is None:
        return
    batch = (await _sent(request)).get("requests")
    if wait := waits(request, len(batch) or 1 if isinstance(batch, list) else 1):
        raise TooMany(wait)


def waits(request: Request, cost: int = 1) -> int:
    """Seconds until the caller may ask again; 0 counts this request and lets it through."""
    rates: Rates | None = request.app.state.rates
    return rates.wait(_caller(request), cost) if rates else 0


def _holder(request: Request) -> Key:
    keys: Keys = request.app.state.keys
    given = request.headers.getlist("authorization")
    if not given:
        told = "a key is needed: send it as `Authorization: Bearer`; `matcher keys add` makes one"
        raise HTTPException(401, told, {"WWW-Authenticate": ASK})
    scheme, token = get_authorization_scheme_param(given[0])
    # Of two such headers a proxy may have read the other.
    found = keys.holder(token) if len(given) == 1 and scheme.lower() == "bearer" else None
    if found is None:
        told = "no such key: send one that is known here in one header, `Authorization: Bearer`"
        raise HTTPException(401, told, {"WWW-Authenticate": f'{ASK}, error="invalid_token"'})
    return found


def _caller(request: Request) -> str:
    key: Key | None = getattr(request.state, "key", None)
    if key:
        return f"key {key.id}"
    return address(request.client.host if request.client else "")


def address(host: str) -> str:
    """Who counts as one: an IPv4 address, or the 64 bits of an IPv6 address that a site has."""
    try:
        found = ip_address(host)
    except ValueError:
        return "unknown"
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or f"{int(found) >> 64:x}::/64")
    return str(found)


async def _too_many(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, TooMany)
    told = f"more requests than the rate allows: try again in {error.seconds} s"
    again = {"Retry-After": str(error.seconds)}
    return problem(429, told, headers=again, crisis=await _danger(request))


async def _unreadable(request: Request, error: Exception) -> JSONResponse:
    told = "the keys can't be read just now: the server's log says why"
    again = {"Retry-After": str(AGAIN)}
    return problem(503, told, headers=again, crisis=await _danger(request))


async def _danger(request: Request) -> Crisis | None:
    """Whom to call is told to those who are turned away, too: the patterns need no encoder."""
    text = (await _sent(request)).get("text")
    if not isinstance(text, str):
        return None
    country = request.app.state.country
    found = await run_in_threadpool(crisis, text[:LONGEST], country=country)
    metrics: Metrics = request.app.state.metrics
    metrics.notice(found)
    return found


async def _sent(request: Request) -> dict[str, Any]:
    """The JSON object in a body, which was read before; empty where it is none."""
    try:
        sent = await request.json()
    except (ValueError, RecursionError):
        return {}
    return sent if isinstance(sent, dict) else {}

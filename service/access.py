"""Who may call what: keys with scopes, as `Authorization: Bearer` brings them."""

from fastapi import Request
from starlette.exceptions import HTTPException


async def matching(request: Request) -> None:
    """Let through who may match: everybody, unless there are keys."""


async def admin(request: Request) -> None:
    """Let through who may change the directory: holders of an admin key alone."""
    raise HTTPException(401, "this needs an admin key", {"WWW-Authenticate": "Bearer"})

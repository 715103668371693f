"""The server's settings, from the environment (MATCHER_INDEX, MATCHER_NOTICE)."""

from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """What a server needs to know; `matcher serve` passes its options on through these."""

    model_config = SettingsConfigDict(env_prefix="MATCHER_")

    index: Path
    notice: str | None = None

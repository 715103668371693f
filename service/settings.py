"""The server's settings, from the environment (MATCHER_INDEX, MATCHER_NOTICE and so on)."""

from pathlib import Path

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from matcher.safety import COUNTRY, helplines
from service.strings import DEFAULT, languages


class Settings(BaseSettings):
    """What a server needs to know; `matcher serve` passes its options on through these."""

    model_config = SettingsConfigDict(env_prefix="MATCHER_")

    index: Path
    notice: str | None = None  # a line on top of the page
    country: str = COUNTRY  # whose crisis lines are given
    language: str = DEFAULT  # the page's own
    in_flight: int = Field(64, ge=1, le=10_000)  # requests at work or waiting, in a process
    deadline: float = Field(10.0, gt=0, le=600)  # seconds from a request's arrival to its answer
    keys: Path | None = None  # the file of API keys; none: keys.json in the index folder
    rate: str | None = None  # such as "60/minute", by key or address; none: no limit
    cors: tuple[str, ...] = ()  # origins whose pages may call the API

    @field_validator("country")
    @classmethod
    def _known_country(cls, country: str) -> str:
        helplines(country)
        return country

    @field_validator("language")
    @classmethod
    def _known_language(cls, language: str) -> str:
        if language not in languages():
            raise ValueError(f"the page is written in {', '.join(languages())}")
        return language

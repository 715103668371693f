"""The server's settings: options win over the environment (MATCHER_INDEX …), that over a file.

Nothing of this loads what matches: it is read before the number of threads is set.
"""

import os
import re
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from index.errors import BadInput
from index.where import place
from index.where import settings as settings_folder
from service.strings import DEFAULT, languages

PREFIX = "MATCHER_"
CONFIG = "MATCHER_CONFIG"  # names the file
MOST_IN_WINDOW = 100_000  # requests; each one is remembered while its window lasts
ORIGIN = re.compile(r"https?://[^/?#@\s,]+")
Listed = Annotated[tuple[str, ...], NoDecode]  # a list in the file, or text with commas

Country = Literal["US", "CA", "GB", "IE", "AU", "NZ"]


class Settings(BaseSettings):
    """What a server needs to know; `matcher serve` passes its options on through these."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True)

    index: Path | str  # a str where it is no folder
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)  # 0: any that is free
    workers: int = Field(1, ge=1, le=64)  # processes
    notice: str | None = None  # a line on top of the page
    country: Country = "US"  # whose crisis lines are given
    language: str = DEFAULT  # the page's own
    in_flight: int = Field(
        64, ge=1, le=10_000
    )  # requests at work or waiting, in a process, at most
    deadline: float = Field(10.0, gt=0, le=600)  # seconds from a request's arrival to its answer
    # The file of API keys.
    keys: Path = Field(default_factory=lambda given: settings_folder(given["index"]) / "keys.json")
    rate: str | None = None  # such as "60/minute", by key or address; none: no limit
    cors: Listed = ()  # origins whose pages may call the API
    proxies: Listed = ()  # addresses and networks whose X-Forwarded-For is believed
    without_keys: int = 0  # 2: said twice that anybody who can reach this server may match

    @property
    def keyless(self) -> bool:
        """Whether matching needs no key while there are none."""
        return self.without_keys >= 2 or is_loopback(self.host)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Options, environment, and the file that MATCHER_CONFIG names; the first one wins."""
        file = os.environ.get(CONFIG)
        if file and not Path(file).is_file():
            # It would be passed over in silence.
            raise FileNotFoundError(2, os.strerror(2), file)
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, file or None)

    @field_validator("index", "keys", mode="before")
    @classmethod
    def _named(cls, path: Any) -> Any:
        if isinstance(path, str) and not path.strip():
            raise ValueError("must not be empty")
        return path

    @field_validator("index")
    @classmethod
    def _placed(cls, index: Path | str) -> Path | str:
        try:
            return place(index)
        except BadInput as error:
            raise ValueError(str(error)) from None

    @field_validator("cors", "proxies", mode="before")
    @classmethod
    def _split(cls, value: Any) -> Any:
        if isinstance(value, str):
            return [part for part in (part.strip() for part in value.split(",")) if part]
        return value

    @field_validator("language")
    @classmethod
    def _known_language(cls, language: str) -> str:
        if language not in languages():
            raise ValueError(f"the page is written in {', '.join(languages())}")
        return language

    @field_validator("rate")
    @classmethod
    def _readable_rate(cls, rate: str | None) -> str | None:
        if rate is None:
            return None
        from limits import parse_many  # half a second, for those alone who set a limit

        try:
            [item] = parse_many(rate)
        except ValueError:
            raise ValueError("must be one rate such as 60/minute or 1000/hour") from None
        if not 1 <= item.amount <= MOST_IN_WINDOW:
            raise ValueError(f"must allow 1 to {MOST_IN_WINDOW:,} requests: take another window")
        return rate

    @field_validator("cors")
    @classmethod
    def _origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        if all(origin == "*" or ORIGIN.fullmatch(origin) for origin in origins):
            return origins
        raise ValueError("must be origins such as https://directory.example, without a path")

    @field_validator("proxies")
    @classmethod
    def _networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        try:
            for proxy in proxies:
                ip_network(proxy)
        except ValueError:
            raise ValueError(
                "must be addresses or networks such as 127.0.0.1 or 10.0.0.0/8: name the proxies "
                "alone, since whoever is among them can say to be anybody"
            ) from None
        return proxies


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address; a name other than localhost may be any."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False

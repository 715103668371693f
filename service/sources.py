"""Where the settings come from: read with errors that name the culprit, shown, and passed on."""

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Any

from pydantic import ValidationError

from index.errors import BadInput
from service.settings import CONFIG, PREFIX, Settings

# What the tests of this project read.
OTHERS = f"{PREFIX}TEST"


def settings_from(options: Mapping[str, Any], config: str | None = None) -> Settings:
    """The settings: options that were given, the environment, and a file.

    Raises BadInput for what can't be used.
    """
    if config is not None:
        os.environ[CONFIG] = config
    _known_environment()
    file = os.environ.get(CONFIG, "")
    try:
        return Settings(**{name: value for name, value in options.items() if _given(value)})
    except ValidationError as error:
        raise _told(error, options) from None
    except TOMLDecodeError as error:
        raise BadInput(f"{file} is no TOML: {error}", "config") from None
    except UnicodeDecodeError:
        raise BadInput(f"{file} is not UTF-8", "config") from None
    except OSError as error:
        raise BadInput(f"{file} can't be read ({error.strerror})", "config") from None


def source(name: str, options: Mapping[str, Any]) -> str:
    """Where a setting that isn't the default was set: the option, the variable or the file."""
    if _given(options.get(name)):
        return f"--{name.replace('_', '-')}"
    variable = PREFIX + name.upper()
    if any(given.upper() == variable and value for given, value in os.environ.items()):
        return variable
    return f"{os.environ[CONFIG]}: {name}" if os.environ.get(CONFIG) else name


def lines(settings: Settings, options: Mapping[str, Any]) -> Iterator[str]:
    """The settings as lines of a file like the one they can be read from; secrets are masked."""
    for name, value in settings.model_dump(mode="json").items():
        said = source(name, options) if name in settings.model_fields_set else "default"
        if value is None:
            yield f"# {name} is not set"
        else:
            yield f"{name} = {json.dumps(value, ensure_ascii=False)}  # {said}"


def pass_on(settings: Settings) -> None:
    """Set the environment so that every process started from here has these very settings."""
    os.environ.pop(CONFIG, None)
    for name, value in settings:
        variable = PREFIX + name.upper()
        for given in [given for given in os.environ if given.upper() == variable]:
            del os.environ[given]
        if isinstance(value, Path):
            value = value.resolve()
        if value not in (None, ()):
            os.environ[variable] = ",".join(value) if isinstance(value, tuple) else str(value)


def _given(option: Any) -> bool:
    return option is not None and option != ()


def _known_environment() -> None:
    known = {CONFIG, *(PREFIX + name.upper() for name in Settings.model_fields)}
    for name in sorted(os.environ):
        variable = name.upper()
        ours = variable.startswith(PREFIX) and not variable.startswith(OTHERS)
        if ours and variable not in known:
            raise BadInput(f"{name} is no setting; --help lists them", name)


def _told(error: ValidationError, options: Mapping[str, Any]) -> BadInput:
    wrong = [e for e in error.errors() if e["type"] != "default_factory_not_called"]
    name = str(wrong[0]["loc"][0])
    return BadInput("; ".join(_line(e, options) for e in wrong), name)


def _line(error: Any, options: Mapping[str, Any]) -> str:
    name = str(error["loc"][0])
    if error["type"] == "missing":
        return f"{name} is not set: give --{name} or {PREFIX}{name.upper()}"
    if error["type"] == "extra_forbidden":
        return f"{source(name, options)} is no setting"
    told = error["msg"].removeprefix("Value error, ").replace("Input should be", "must be")
    return f"{source(name, options)}: {told}"

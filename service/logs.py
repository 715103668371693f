"""The log: lines of JSON on standard error, plain ones where a person looks on."""

import logging
import sys
from pathlib import Path
from typing import Any

from pythonjsonlogger.json import JsonFormatter

from service.visits import current


class Discreet(logging.Filter):
    """Takes out what may hold a client's words, and puts the request's id in."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep a message's first line, and of an error its kind and place."""
        record.msg, record.args = record.getMessage().partition("\n")[0], ()
        if record.exc_info and record.exc_info[1]:
            record.msg += f" ({place(record.exc_info[1])})"
        record.exc_info = record.exc_text = record.stack_info = None
        visit = current.get()
        record.request = visit.id if visit else None
        return True


def config() -> dict[str, Any]:
    """For `logging.config`: everything that this process says, in one way."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "filters": {"discreet": {"()": Discreet}},
        "formatters": {
            "json": {
                "()": JsonFormatter,
                "fmt": "%(levelname)s %(name)s %(message)s %(request)s",
                "rename_fields": {"levelname": "level", "name": "logger"},
                "timestamp": "time",
            },
            "plain": {"format": "%(asctime)s %(levelname)s %(message)s"},
        },
        "handlers": {
            "stderr": {
                "class": "logging.StreamHandler",
                "filters": ["discreet"],
                "formatter": "plain" if sys.stderr.isatty() else "json",
            }
        },
        "loggers": {"matcher": {"level": "INFO"}},
        "root": {"level": "WARNING", "handlers": ["stderr"]},
    }


def place(error: BaseException) -> str:
    """The kind and the place of an error: its message may hold what a client wrote."""
    trace, found = error.__traceback__, "?"
    while trace is not None:
        found = f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {found}"

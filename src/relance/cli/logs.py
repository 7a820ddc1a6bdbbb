"""Structured logs: one line per event, on standard error, as JSON or for people."""

from __future__ import annotations

import contextlib
import logging
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TextIO, cast

import structlog
from structlog.typing import EventDict

from relance.infra.room import full_sentence, says_full


class Patient:
    """A stream that drops what cannot be written: a full disk must not stop the work being logged."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        with contextlib.suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        with contextlib.suppress(OSError):
            self._stream.flush()


def _full_disk_in_words(folder: Path) -> Callable[[Any, str, EventDict], EventDict]:
    """Words an error about a full disk: which disk, and what to do. A traceback would add nothing."""

    def processor(_logger: Any, _method: str, entry: EventDict) -> EventDict:
        given = entry.get("exc_info")
        error = sys.exc_info()[1] if given is True else given[1] if isinstance(given, tuple) else given
        if isinstance(error, BaseException) and says_full(error):
            entry.pop("exc_info")
            entry["reason"] = str(full_sentence(folder, error))
        return entry

    return processor


def set_up_logs(level: str, form: str, folder: Path) -> None:
    """Make ``structlog`` and the libraries' ``logging`` write the same lines; ``folder`` is the data folder.

    Raises ``KeyError`` on an unknown level.
    """
    stream = Patient(sys.stderr)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _full_disk_in_words(folder),
        structlog.processors.format_exc_info if form == "json" else structlog.processors.StackInfoRenderer(),
    ]
    # Plain tracebacks: the fancy ones show local variables, which contain personal data and database passwords.
    console = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback)
    last = structlog.processors.JSONRenderer() if form == "json" else console
    threshold = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.WriteLoggerFactory(file=cast("TextIO", stream)),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(stream)
    formatter = structlog.stdlib.ProcessorFormatter(
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last], foreign_pre_chain=shared
    )
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=max(threshold, logging.WARNING), force=True)

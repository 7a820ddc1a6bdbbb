"""Errors of the log and of history."""

from __future__ import annotations

from relance.core.errors import InvalidError, RelanceError


class LogUnavailableError(RelanceError):
    """The log could not be written: nothing of this request was kept, and it may be sent again."""

    code = "log_unavailable"


class BusyError(RelanceError):
    """More requests are waiting to be written than the server allows: retry a little later."""

    code = "busy"


class BacklogFullError(RelanceError):
    """The app has reached its limit of accepted, unsettled events (`app_backlog_events`), or of waiting requests: nothing of this
    request was kept. Send it again after `data.retry_after` seconds.
    """

    code = "backlog_full"


class UnwritableEventError(InvalidError):
    """An event contains a value that cannot be encoded, such as half of a surrogate pair."""

    code = "unwritable_event"


class HistoryVersionError(RelanceError):
    """The history file was written by a newer version of the program and can only be read by that."""

    code = "history_version"


class HistoryBusyError(RelanceError):
    """Other queries hold the memory that history may use (`history_memory_mb`): retry a little later."""

    code = "history_busy"


class HistoryBrokenError(RelanceError):
    """The open history file became unusable; the worker is restarted and opens it anew. Nothing accepted is lost."""

    code = "history_broken"

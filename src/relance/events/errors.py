"""What can go wrong with the log and with history."""

from __future__ import annotations

from relance.core.errors import InvalidError, RelanceError


class LogUnavailableError(RelanceError):
    """The log could not be written: nothing of this request was kept, and it may be sent again."""

    code = "log_unavailable"


class BusyError(RelanceError):
    """More is waiting to be written than the server allows: send again a little later."""

    code = "busy"


class BacklogFullError(RelanceError):
    """As many events of this app as may be (`app_backlog_events`) are accepted and have not settled, or as many of its requests
    wait as may: nothing of this request was kept. Send it again after `data.retry_after` seconds."""

    code = "backlog_full"


class UnwritableEventError(InvalidError):
    """An event holds a value that cannot be encoded, such as half of a surrogate pair."""

    code = "unwritable_event"


class HistoryVersionError(RelanceError):
    """The history file was written by a newer version of the program, which alone can read it."""

    code = "history_version"


class HistoryBusyError(RelanceError):
    """Other queries hold the memory that history may use (`history_memory_mb`): ask again a little later."""

    code = "history_busy"


class HistoryBrokenError(RelanceError):
    """The open history file can no longer be used; the worker is started again, which opens it anew. Nothing accepted is lost."""

    code = "history_broken"

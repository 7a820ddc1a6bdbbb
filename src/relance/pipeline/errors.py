"""Errors between the log and the deliveries."""

from __future__ import annotations

from relance.core.errors import RelanceError


class FencedError(RelanceError):
    """Another worker took over this partition; this one must stop, its commit was refused."""

    code = "fenced"


class ServerRunningError(RelanceError):
    """A worker has a partition, and what was asked for needs all of them at rest."""

    code = "server_running"


class NotSettledError(RelanceError):
    """The work was accepted and is safe, but did not settle in time."""

    code = "not_settled"


class WorkerGoneError(RelanceError):
    """The worker process is down and being restarted. Nothing accepted is lost."""

    code = "worker_gone"


class WorkerFailedError(RelanceError):
    """An unexpected error in the worker or the server. `data.id` identifies it in the log, with its traceback."""

    code = "internal"


class WorkerTimeoutError(RelanceError):
    """The worker did not answer in time: it is busy, or the request is too large. Retry later, or ask for less."""

    code = "worker_timeout"


class UnknownCallError(RelanceError):
    """The worker has no call of that name."""

    code = "unknown_call"


class PartitionsFixedError(RelanceError):
    """The number of partitions is fixed once a store is created, and the settings differ from it."""

    code = "partitions_fixed"


class ClockError(RelanceError):
    """Only a story's clock can be moved; this server runs on real time."""

    code = "real_clock"

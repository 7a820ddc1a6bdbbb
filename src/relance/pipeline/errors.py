"""What can go wrong between the log and the deliveries."""

from __future__ import annotations

from relance.core.errors import RelanceError


class FencedError(RelanceError):
    """Another worker took this partition; this one must stop, its work was refused."""

    code = "fenced"


class NotSettledError(RelanceError):
    """The work was accepted and is safe, but did not settle within the time allowed."""

    code = "not_settled"


class WorkerGoneError(RelanceError):
    """The worker process is not there; it is being started again. Nothing accepted is lost."""

    code = "worker_gone"


class WorkerFailedError(RelanceError):
    """Something nobody foresaw, in the worker or in the server. `data.id` stands in the log beside the whole story."""

    code = "internal"


class WorkerTimeoutError(RelanceError):
    """The worker did not answer in time: it is busy, or the question is too large. Ask again later, or for less."""

    code = "worker_timeout"


class UnknownCallError(RelanceError):
    """The worker knows no call of that name."""

    code = "unknown_call"


class PartitionsFixedError(RelanceError):
    """The number of partitions is fixed once a store was made; the settings say another."""

    code = "partitions_fixed"


class ClockError(RelanceError):
    """Only a story's clock can be moved; this server runs on real time."""

    code = "real_clock"

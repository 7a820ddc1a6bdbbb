"""Errors of a whole request; those of single events are in ``relance.events.model.Reason``."""

from __future__ import annotations

from relance.core.errors import InvalidError, RelanceError


class MalformedError(InvalidError):
    """The body is not JSON in UTF-8, or not a batch; ``data["position"]`` is the byte where parsing stopped."""

    code = "malformed"


class TooLargeError(RelanceError):
    """The body, compressed or decompressed, exceeds the maximum size of a request, or the batch the maximum number of events."""

    code = "too_large"


class EncodingError(RelanceError):
    """The body's ``Content-Encoding`` is not supported: send gzip or none."""

    code = "unsupported_encoding"

"""What can go wrong with a request as a whole; what is wrong with single events is in ``relance.events.model.Reason``."""

from __future__ import annotations

from relance.core.errors import InvalidError, RelanceError


class MalformedError(InvalidError):
    """The body is no JSON in UTF-8, or has not the form of a batch; ``data["position"]`` is the byte where reading stopped."""

    code = "malformed"


class TooLargeError(RelanceError):
    """The body, packed or unpacked, has more bytes than one request may bring, or the batch more events."""

    code = "too_large"


class EncodingError(RelanceError):
    """The body's ``Content-Encoding`` is none the server can unpack: send gzip or nothing."""

    code = "unsupported_encoding"

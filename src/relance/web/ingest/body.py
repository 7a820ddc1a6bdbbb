"""Reads a request's body, bounded while it arrives and again while it is decompressed."""

from __future__ import annotations

import codecs
import zlib

from litestar.types import Receive

from relance.core.error_text import ErrorText
from relance.web.ingest.errors import EncodingError, MalformedError, TooLargeError

_GZIP = 31  # zlib's number for "gzip header and trailer"


class ClientGone(Exception):  # noqa: N818 - nobody is left to tell
    """The client closed the connection before it had sent everything."""


async def read_body(receive: Receive, encoding: bytes, largest: int) -> bytes:
    """The whole body, decompressed, without the byte-order mark that some programs put before UTF-8.

    Raises ``TooLargeError``, ``EncodingError``, ``MalformedError`` or ``ClientGone``.
    """
    message = await receive()
    body: bytes = message.get("body", b"")  # type: ignore[assignment]
    if message.get("more_body") or message["type"] == "http.disconnect":
        body = await _read_rest(receive, message, body, largest)
    if len(body) > largest:
        raise _too_large(largest)
    if not encoding or encoding == b"identity":
        return body.removeprefix(codecs.BOM_UTF8)
    if encoding.lower() not in (b"gzip", b"x-gzip"):
        raise EncodingError(ErrorText("content_encoding", "The body's Content-Encoding must be gzip or none."))
    return unpack(body, largest).removeprefix(codecs.BOM_UTF8)


async def _read_rest(receive: Receive, message: object, body: bytes, largest: int) -> bytes:
    parts, size = [body], len(body)
    while True:
        if message["type"] == "http.disconnect":  # type: ignore[index]
            raise ClientGone
        if not message.get("more_body"):  # type: ignore[attr-defined]
            return b"".join(parts)
        message = await receive()
        part: bytes = message.get("body", b"")  # type: ignore[assignment]
        size += len(part)
        if size > largest:
            raise _too_large(largest)
        parts.append(part)


def unpack(packed: bytes, largest: int) -> bytes:
    """Gunzip, giving up beyond ``largest`` bytes: a small body may expand a thousandfold."""
    parts: list[bytes] = []
    left = largest + 1
    while True:  # one gzip body may have several members
        stream = zlib.decompressobj(_GZIP)
        try:
            parts.append(stream.decompress(packed, left))
        except zlib.error as error:
            raise MalformedError(
                ErrorText("gzip_invalid", "The body is not gzip, though its Content-Encoding says so."), position=0
            ) from error
        left -= len(parts[-1])
        if left <= 0:
            raise _too_large(largest)
        if not stream.eof:
            raise MalformedError(ErrorText("gzip_cut_off", "The gzip body ends too early."), position=len(packed))
        packed = stream.unused_data
        if not packed:
            return b"".join(parts)


def _too_large(largest: int) -> TooLargeError:
    return TooLargeError(ErrorText("body_bytes", "Request must be at most {most:,} bytes.", most=largest), limit=largest)

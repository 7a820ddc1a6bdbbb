"""Posts over HTTP/2: many at once on a few kept connections, by libcurl on the caller's event loop (ADR 0022)."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Sequence
from typing import NamedTuple

import pycurl

from relance.channels.addresses import is_public_address

CONNECTIONS = 4  # to one host; each carries as many requests as the other side allows
CONCURRENT = 256  # requests under way at once; others wait
CONNECT_TIMEOUT, TIMEOUT = 10_000, 30_000  # ms; the second is for all of it
ANSWER_LIMIT = 16_384  # bytes that are read of an answer
SPARE = CONCURRENT  # handles kept for later requests
WAIT_LIMIT = 86_400_000  # ms; the longest wait that others may ask for
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_ANSWERED_ANYWAY = pycurl.E_WRITE_ERROR  # more than ANSWER_LIMIT: its beginning is enough
_BEFORE = (  # what goes wrong before a request leaves
    pycurl.E_UNSUPPORTED_PROTOCOL,
    pycurl.E_URL_MALFORMAT,
    pycurl.E_COULDNT_RESOLVE_HOST,
    pycurl.E_COULDNT_CONNECT,
    pycurl.E_SSL_CONNECT_ERROR,
    pycurl.E_PEER_FAILED_VERIFICATION,
)


class Answer(NamedTuple):
    """What the other side said; ``retry_after`` is in ms, 0 where it named none."""

    status: int
    body: bytes
    retry_after: int


class PostError(Exception):
    """No answer came. ``is_handed_over``: the request had left, so it may have been acted upon."""

    def __init__(self, text: str, *, is_handed_over: bool) -> None:
        super().__init__(text)
        self.is_handed_over = is_handed_over


class _Handle:
    """One of libcurl's handles, used for one request after the other."""

    def __init__(self, private: bool, authority: str) -> None:
        self.received = bytearray()
        self.refused = ""  # an address that was not connected to, since it is not of the open internet
        self.curl = curl = pycurl.Curl()
        trusted = ssl.get_default_verify_paths()  # the machine's authorities, or those that SSL_CERT_FILE names
        for option, value in (
            (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_2TLS),
            (pycurl.PIPEWAIT, 1),  # wait for room on a connection rather than open another
            (pycurl.PROTOCOLS, pycurl.PROTO_HTTPS),
            (pycurl.FOLLOWLOCATION, 0),
            (pycurl.PROXY, ""),  # none, whatever the environment says
            (pycurl.NOSIGNAL, 1),
            (pycurl.TCP_KEEPALIVE, 1),
            (pycurl.SSL_VERIFYPEER, 1),
            (pycurl.SSL_VERIFYHOST, 2),
            (pycurl.CONNECTTIMEOUT_MS, CONNECT_TIMEOUT),
            (pycurl.WRITEFUNCTION, self._receive),
        ):
            curl.setopt(option, value)
        if authority or trusted.cafile:
            curl.setopt(pycurl.CAINFO, authority or trusted.cafile)
        if trusted.capath:
            curl.setopt(pycurl.CAPATH, trusted.capath)
        if not private:
            curl.setopt(pycurl.OPENSOCKETFUNCTION, self._open_socket)

    def prepare(self, url: str, headers: Sequence[str], body: bytes, timeout: int) -> None:
        self.received.clear()
        self.refused = ""
        curl = self.curl
        curl.setopt(pycurl.URL, url)
        curl.setopt(pycurl.HTTPHEADER, headers)
        curl.setopt(pycurl.POSTFIELDS, body)
        curl.setopt(pycurl.TIMEOUT_MS, timeout)

    def answer(self) -> Answer:
        wait = int(self.curl.getinfo(pycurl.RETRY_AFTER)) * 1000
        return Answer(int(self.curl.getinfo(pycurl.RESPONSE_CODE)), bytes(self.received), min(max(wait, 0), WAIT_LIMIT))

    def _receive(self, data: bytes) -> int:
        self.received += data[: ANSWER_LIMIT - len(self.received)]
        return len(data) if len(self.received) < ANSWER_LIMIT else 0

    def _open_socket(self, _purpose: int, address: tuple[int, int, int, tuple[str, int]]) -> socket.socket | int:
        family, kind, protocol, (host, *_) = address
        if not _is_public(host):
            self.refused = host
            return int(pycurl.SOCKET_BAD)
        return socket.socket(family, kind, protocol)


def _is_public(host: str | bytes) -> bool:
    try:
        return is_public_address(host if isinstance(host, str) else host.decode())
    except ValueError:
        return False


class _Line:
    """The connections that requests share, and how many are under way on them."""

    def __init__(self) -> None:
        self.multi = pycurl.AsyncCurlMulti()
        self.multi.setopt(pycurl.M_MAX_HOST_CONNECTIONS, CONNECTIONS)
        self.under_way = 0


class Http2Client:
    """Posts to one provider. Used on one event loop; ``close`` it before the loop ends.

    Certificates are verified, redirections are not followed, no proxy is used. Without ``private`` only addresses of the open
    internet are connected to, whatever its name is looked up as; ``private`` is for a host that the operator's own settings name.
    ``authority``: a file of the certificates that are trusted, where that is not the machine's. ``timeout`` (ms) is for a whole
    request.
    """

    def __init__(self, *, private: bool = False, authority: str = "", timeout: int = TIMEOUT) -> None:
        self._private = private
        self._authority = authority
        self._timeout = timeout
        self._places = asyncio.Semaphore(CONCURRENT)
        self._spare: list[_Handle] = []
        self._line: _Line | None = None

    async def post(self, url: str, headers: Sequence[str], body: bytes) -> Answer:
        """Post once. Raises ``PostError`` where no answer came, ``ValueError`` for what no request can carry."""
        if _CONTROL.search(url) or any(map(_CONTROL.search, headers)):
            raise ValueError("No header or address can carry a control character.")
        async with self._places:
            handle = self._spare.pop() if self._spare else _Handle(self._private, self._authority)
            handle.prepare(url, headers, body, self._timeout)
            answer = await self._perform(handle)
            if len(self._spare) < SPARE:
                self._spare.append(handle)
            return answer

    async def _perform(self, handle: _Handle) -> Answer:
        if self._line is None:
            self._line = _Line()
        line = self._line
        line.under_way += 1
        try:
            await line.multi.perform(handle.curl)
        except pycurl.error as error:
            code, text = int(error.args[0]), str(error.args[-1])
            if code == _ANSWERED_ANYWAY:
                return handle.answer()
            if code == pycurl.E_OPERATION_TIMEDOUT and self._line is line:
                self._line = None  # libcurl would go on using a connection that has fallen silent
            if handle.refused:
                raise PostError(f"{handle.refused} is no public address", is_handed_over=False) from None
            is_handed_over = code not in _BEFORE and handle.curl.getinfo(pycurl.REQUEST_SIZE) > 0
            raise PostError(text, is_handed_over=is_handed_over) from None
        finally:
            line.under_way -= 1
            if line is not self._line and not line.under_way:
                await line.multi.aclose()
        return handle.answer()

    async def close(self) -> None:
        """Close the connections; what is under way is cancelled."""
        line, self._line = self._line, None
        if line is not None:
            await line.multi.aclose()
        self._spare.clear()

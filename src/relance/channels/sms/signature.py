"""Signatures by which Twilio's requests are known: HMAC-SHA1 of the address and the sorted parameters. Pure."""

from __future__ import annotations

import hmac
from base64 import b64encode
from collections.abc import Iterable, Sequence

from yarl import URL


def sign_request(auth_token: str, url: str, parameters: Iterable[tuple[str, str]]) -> str:
    """The signature of one request; of a parameter given twice each distinct value counts once."""
    pieces = sorted(set(parameters))
    text = url + "".join(name + value for name, value in pieces)
    return b64encode(hmac.digest(auth_token.encode(), text.encode(), "sha1")).decode()


def is_signed(auth_token: str, url: str, parameters: Sequence[tuple[str, str]], signature: str) -> bool:
    """Whether Twilio signed the request. Twilio names the standard port in some requests and not in others: both count."""
    forms = _with_and_without_port(url)
    given = signature.encode("utf-8", "replace")
    found = [hmac.compare_digest(sign_request(auth_token, form, parameters).encode(), given) for form in forms]
    return bool(auth_token) and any(found)


def _with_and_without_port(url: str) -> tuple[str, str]:
    parsed = URL(url, encoded=True)
    host, port = parsed.raw_host or "", parsed.port
    if ":" in host:
        host = f"[{host}]"
    rest = url.partition("//")[2].partition("/")[2]
    slash = "/" if "/" in url.partition("//")[2] else ""
    return f"{parsed.scheme}://{host}{slash}{rest}", f"{parsed.scheme}://{host}:{port}{slash}{rest}"

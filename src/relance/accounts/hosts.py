"""The hosts that tracked links may lead to, as operators list them. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.urls import web_address

HOSTS_LIMIT = 100


def checked_hosts(given: Iterable[str]) -> tuple[str, ...]:
    """The hosts in order, spelled as in links. Raises ``InvalidError`` naming the one that is not a host."""
    hosts = sorted({_checked(each) for each in given})
    if len(hosts) > HOSTS_LIMIT:
        raise InvalidError(
            ErrorText(
                "link_hosts_limit", "An app must have at most {most} link hosts (got {got:,}).", most=HOSTS_LIMIT, got=len(hosts)
            ),
            path="link_hosts",
        )
    return tuple(hosts)


def _checked(text: str) -> str:
    trimmed = text.strip()
    name = trimmed.removeprefix("*.")
    address = web_address(f"https://{name}/")
    if address is None or address.href != f"https://{address.host}/" or "*" in name or (name != trimmed and "." not in name):
        raise InvalidError(
            ErrorText(
                "link_host",
                "{host!r} is not a valid host: write it like shop.example, or *.shop.example for all below it.",
                host=text[:100],
            ),
            path="link_hosts",
        )
    return f"*.{address.host}" if name != trimmed else address.host

"""Hosts as operators list them: each with its own port, or the usual one. Pure."""

from __future__ import annotations

from typing import NamedTuple


class HostAddress(NamedTuple):
    """A host and its port."""

    host: str
    port: int


def hosts_of(text: str, port: int) -> list[HostAddress]:
    """The hosts of a list with commas, each with its own port or ``port``. What cannot be a port is left in the name."""
    found = []
    for each in filter(None, (part.strip() for part in text.split(","))):
        name, colon, own = each.rpartition(":")
        has_port = bool(colon) and own.isascii() and own.isdigit() and 0 < int(own[:6]) <= 65_535
        found.append(HostAddress(name, int(own)) if has_port else HostAddress(each, port))
    return found

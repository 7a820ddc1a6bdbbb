"""Which addresses are of the open internet: what somebody else names must never lead into the operator's own network."""

from __future__ import annotations

from ipaddress import ip_address


def is_public_host(host: str) -> bool:
    """False for a private address given by number and for names that mean this machine; other names are looked up later."""
    try:
        return is_public_address(host)
    except ValueError:
        name = host.rstrip(".").lower()
        # A host whose last label is numeric is an old way of writing an IPv4 address (127.1, 0x7f000001).
        last = name.rpartition(".")[2]
        return name != "localhost" and not name.endswith(".localhost") and not last.isdigit() and not last.startswith("0x")


def is_public_address(address: str) -> bool:
    """Whether an IP address is one of the open internet. Raises ``ValueError`` where it is no address."""
    found = ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None)
    return found.is_global and not found.is_multicast and (mapped is None or mapped.is_global)

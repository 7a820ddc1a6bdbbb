"""Which addresses are of the open internet: what somebody else names must never lead into the operator's own network."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from yarl import URL

# What of each is no address of the open internet: the IANA registries of special-purpose addresses, as of 2026. They are written
# out, since what ``ipaddress`` calls global differs between versions of Python (CVE-2024-4032).
_V4_SPECIAL = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # shared by customers of one provider
            "127.0.0.0/8",  # this machine
            "168.63.129.16/32",  # in no registry: a public number by which Azure answers its own machines
            "169.254.0.0/16",  # link-local, where clouds answer for their metadata
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.88.99.0/24",  # 6to4 relays, deprecated
            "192.168.0.0/16",  # private
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
_V6_GLOBAL = IPv6Network("2000::/3")  # all that is given out; of it not:
_V6_SPECIAL = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, benchmarks, ORCHID
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4, deprecated: leads to whatever IPv4 address it names
            "3fff::/20",  # documentation
        ),
    )
)
_V4_MAPPED = IPv6Network("::ffff:0:0/96")
_NAT64 = IPv6Network("64:ff9b::/96")  # how a network without IPv4 reaches IPv4: names the address it leads to
_LABEL = re.compile(r"[a-z0-9_-]{1,63}", re.IGNORECASE)
_NAME_LIMIT = 253  # characters


def read_url(text: str) -> URL:
    """An address that something may be posted to, wherever it leads. Raises ``ValueError`` where no connection could be opened
    to it: no host, a name that DNS cannot hold, port 0.
    """
    url = URL(text)
    if not url.host or not url.raw_host or not url.port:  # ``host`` raises for an international name that stands for nothing
        raise ValueError(f"{text} names no host and port")
    name = url.raw_host.removesuffix(".")
    if ":" not in name and not (len(name) <= _NAME_LIMIT and all(map(_LABEL.fullmatch, name.split(".")))):
        raise ValueError(f"{name} is not a valid host name")
    return url


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
    """Whether an IP address is one of the open internet. Raises ``ValueError`` where it is no address.

    One with a zone (``fe80::1%eth0``) never is: it means something on this machine alone.
    """
    if "%" in address:
        return False
    found = ip_address(address)
    if isinstance(found, IPv6Address):
        if found in _V4_MAPPED or found in _NAT64:
            found = IPv4Address(int(found) & 0xFFFFFFFF)
        else:
            return found in _V6_GLOBAL and not any(found in each for each in _V6_SPECIAL)
    return not any(found in each for each in _V4_SPECIAL)

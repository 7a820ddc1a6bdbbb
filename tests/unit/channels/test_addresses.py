"""Which addresses somebody else may name."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.channels.addresses import is_public_address, is_public_host

PRIVATE = [
    "0.0.0.0", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255",
    "192.0.0.1", "192.0.0.8", "192.0.0.170", "192.0.2.1", "192.88.99.1", "192.168.1.1", "198.18.0.1", "198.19.255.255",
    "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255",
    "::", "::1", "::127.0.0.1", "::ffff:10.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1",
    "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::a00:1", "100::1", "2001::1", "2001:0:a00:1::", "2001:2::1", "2001:10::1",
    "2001:20::1", "2001:db8::1", "2002:a00:1::", "2002:0808:0808::", "3fff::1", "5f00::1", "fc00::1", "fd00::1", "fe80::1",
    "fe80::1%eth0", "fec0::1", "ff02::1", "4000::1",
]  # fmt: skip
PUBLIC = [
    "1.1.1.1", "8.8.8.8", "100.63.255.255", "100.128.0.0", "172.15.0.1", "172.32.0.1",
    "192.0.1.1", "192.167.0.1", "198.17.0.1",
    "198.20.0.1", "223.255.255.255", "::ffff:8.8.8.8", "64:ff9b::808:808", "2001:200::1", "2606:4700::1111",
    "2a00:1450::1", "3ffe::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PRIVATE)
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public_address(address)
    assert not is_public_host(address)


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_open_internet_are(address: str) -> None:
    assert is_public_address(address)
    assert is_public_host(address)


@given(st.integers(0, 2**32 - 1))
def test_an_ipv4_address_is_judged_alike_however_it_is_carried(number: int) -> None:
    plain = is_public_address(str(IPv4Address(number)))
    assert is_public_address(str(IPv6Address((0xFFFF << 32) | number))) is plain
    assert is_public_address(str(IPv6Address((0x64FF9B << 96) | number))) is plain


@given(st.ip_addresses())
def test_nothing_that_python_calls_private_or_special_passes(address: IPv4Address | IPv6Address) -> None:
    if is_public_address(str(address)) and not (isinstance(address, IPv6Address) and int(address) >> 96 == 0x64FF9B):
        kinds = ("is_private", "is_loopback", "is_link_local", "is_multicast", "is_unspecified")
        assert [kind for kind in kinds if getattr(address, kind)] == []

"""Return addresses: made by this server, for one delivery and one recipient, and valid for some weeks."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from relance.core.time import DAY
from relance.links.return_address import VALID_DAYS, is_recipient, read_return, sign_return

SECRET, DOMAIN, NOW = b"s" * 32, "bounces.example", 1_796_000_000_000
DELIVERY, TO = "0123456789abcdef" * 2, "lea@example.com"
ADDRESS = sign_return(SECRET, DELIVERY, TO, NOW, DOMAIN)


def test_it_names_its_delivery_and_proves_its_recipient_however_it_is_written() -> None:
    for address in (ADDRESS, ADDRESS.upper(), ADDRESS + "."):
        token = read_return(SECRET, address, DOMAIN, NOW)
        assert token is not None
        assert token.delivery_id == DELIVERY
        assert is_recipient(SECRET, token, "Lea@Example.com")
        assert not is_recipient(SECRET, token, "noe@example.com")
    assert len(ADDRESS.partition("@")[0]) <= 64


def test_another_servers_or_another_domains_is_none() -> None:
    assert read_return(b"t" * 32, ADDRESS, DOMAIN, NOW) is None
    assert read_return(SECRET, ADDRESS, "other.example", NOW) is None


def test_it_expires() -> None:
    assert read_return(SECRET, ADDRESS, DOMAIN, NOW + VALID_DAYS * DAY) is not None
    assert read_return(SECRET, ADDRESS, DOMAIN, NOW + (VALID_DAYS + 1) * DAY) is None
    assert read_return(SECRET, ADDRESS, DOMAIN, NOW - 2 * DAY) is None


@given(st.integers(2, 53), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_no_character_can_be_changed_to_another_delivery(place: int, letter: str) -> None:
    local, _, domain = ADDRESS.partition("@")
    changed = read_return(SECRET, f"{local[:place]}{letter}{local[place + 1 :]}@{domain}", DOMAIN, NOW)
    assert changed is None or changed.delivery_id == DELIVERY


@given(st.text(max_size=80))
def test_whatever_else_is_given_is_none(local: str) -> None:
    assert read_return(SECRET, f"{local}@{DOMAIN}", DOMAIN, NOW) is None
    assert read_return(SECRET, f"b+{local}@{DOMAIN}", DOMAIN, NOW) is None

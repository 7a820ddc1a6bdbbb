"""One language of e-mail addresses, whoever asks; what was taken before there was one is taken still."""

from __future__ import annotations

import re
import socket
import sys
import time
import unicodedata
from typing import Any

import idna
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from relance.accounts.checks import checked_email
from relance.channels.email.address import read_address
from relance.core import mailbox
from relance.core.errors import InvalidError
from relance.core.mailbox import ADDRESS_LIMIT, LOCAL_LIMIT, Mailbox, is_mailbox, mailbox_of
from relance.core.trimming import holds_invisible
from relance.messaging.eligibility import skip_reason
from relance.messaging.model import SkipReason
from relance.users.facts import read_email
from tests.unit.messaging.test_eligibility import candidate

TAKEN = [
    ("jane.doe@example.com", "example.com"),
    ("jane+news@example.com", "example.com"),
    ("o'neil@example.co.uk", "example.co.uk"),
    ("a@b", "b"),
    ("jane@shop.test", "shop.test"),
    ("root@localhost", "localhost"),
    ("me@printer.local", "printer.local"),
    ("josé@printer.local", "printer.local"),
    ("a@x.invalid", "x.invalid"),
    ("a@1.2.3.4", "1.2.3.4"),
    ("josé@exämple.de", "xn--exmple-cua.de"),
    ("用户@例子.广告", "xn--fsqu00a.xn--4rr70v"),
    ("a@xn--exmple-cua.de", "xn--exmple-cua.de"),
    ("a@faß.de", "xn--fa-hia.de"),
    ("😀@example.com", "example.com"),
    ("a@example.com.", "example.com"),
    ("x" * 64 + "@example.com", "example.com"),
    ("a@" + "x" * 63 + ".com", "x" * 63 + ".com"),
]
REFUSED = [
    "", "a", "@", "a@", "@example.com", "a@b@example.com", "a..b@example.com", ".a@example.com", "a.@example.com",
    "a@-example.com", "a@example-.com", "a@x..com", "a@x_y.com", "a@ab--cd.com", "a@xn--zzzzzz---.de", "a@b.com..",
    "a b@example.com", "a\u00a0b@example.com", "a\u200db@example.com", "a\u3164b@example.com", "a@exam\u200bple.com",
    '"a b"@example.com', '"ab"@example.com', "a@[127.0.0.1]", "Jane <a@example.com>x", "a(b)@example.com", "a@example.com(b)",
    "a<b@example.com", "a@example.com\nBcc: b@example.com", "a\x00@example.com", "a\ud800@example.com", "a@😀.com",
    "x" * 65 + "@example.com", "é" * 33 + "@example.com", "a@" + "x" * 64 + ".com", "a@" + "x." * 126 + "xx",
]  # fmt: skip


@pytest.mark.parametrize(("text", "domain"), TAKEN)
def test_what_is_an_address_is_taken_by_everybody(text: str, domain: str) -> None:
    assert mailbox_of(text) == Mailbox(text.rpartition("@")[0], domain)
    assert is_mailbox(text)
    assert read_email(f" {text.upper()} ") == text.upper().lower()
    assert checked_email(text) == text
    assert read_address(text).domain == domain
    assert skip_reason(candidate(address=text), 0) is None


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_none_is_refused_by_everybody(text: str) -> None:
    assert mailbox_of(text) is None
    assert not is_mailbox(text)
    assert read_email(text) is None
    for door in (checked_email, read_address):
        with pytest.raises(InvalidError):
            door(text)
    assert skip_reason(candidate(address=text), 0) is SkipReason.INVALID_ADDRESS


# -- the two ways by which the door knows ------------------------------------------------------------------------------------

plain = st.text("abzAZ09.-_+'@x", max_size=80)
of_parts = st.builds("{}@{}".format, st.text("ab0.+-", max_size=70), st.text("ab0.-Z", max_size=80))


@given(st.one_of(plain, of_parts))
@example("a@" + "x" * 63)
@example("a@" + "x" * 64)
@example("x" * 64 + "@a")
@example("x" * 65 + "@a")
@example("a@" + ".".join(["x" * 63] * 3 + ["y" * 60]))
@example("a@" + ".".join(["x" * 63] * 3 + ["y" * 61]))
def test_what_is_known_at_sight_is_what_the_library_finds(text: str) -> None:
    assert is_mailbox(text) == (mailbox_of(text) is not None)
    assert mailbox_of(text) == (mailbox._validated(text.removesuffix(".")) if len(text) <= ADDRESS_LIMIT + 1 else None)


# -- as it was ------------------------------------------------------------------------------------------------------------

_FORMER = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~\u0080-\U0010ffff-]+)*")


def former(text: str) -> Mailbox | None:
    """What senders and recipients could be before."""
    local, at, domain = text.rpartition("@")
    if not at or not _FORMER.fullmatch(local) or len(local.encode()) > LOCAL_LIMIT:
        return None
    try:
        found = Mailbox(local, idna.encode(domain.rstrip("."), uts46=True).decode().lower())
    except (idna.IDNAError, UnicodeError):
        return None
    return found if len(f"{local}@{found.domain}".encode()) <= ADDRESS_LIMIT else None


def is_sane(text: str) -> bool:
    """Characters that are seen and have a meaning; one dot at most behind the domain; marks are on a letter."""
    local, _, domain = text.rpartition("@")
    kinds = {unicodedata.category(each)[0] for each in local}
    loose = any(unicodedata.category(each)[0] == "M" for each in (local[:1], domain[:1]) if each)
    return not (kinds & {"C", "Z"} or loose or domain.endswith("..") or holds_invisible(text))


letters = st.characters(categories=("Ll", "Lu", "Lo", "Nd", "Mn"))
spelled = st.builds(
    lambda local, labels: f"{local}@{'.'.join(labels)}",
    st.text(st.one_of(letters, st.sampled_from("abc.+'-😀")), min_size=1, max_size=20),
    st.lists(st.text(st.one_of(st.sampled_from("abcäßéжя例-0"), letters), min_size=1, max_size=8), min_size=1, max_size=4),
)


@given(spelled)
def test_what_was_taken_before_and_is_sane_is_taken_still(text: str) -> None:
    before = former(text)
    if before is not None and is_sane(text) and len(text) <= ADDRESS_LIMIT:
        assert mailbox_of(text) == before


# -- hostile texts, and what is not asked -----------------------------------------------------------------------------------

HOSTILE = {
    "labels": "a@" + "a-" * 126,
    "dots": "a" * 64 + "@" + "a." * 94,
    "nearly": "a." * 31 + "a@" + "x" * 180 + "_",
    "marks": "a@" + "\u0300\u0315" * 120,
    "wide": "a@" + "ä." * 120,
    "many signs": "@" * 250,
    "no sign": "a" * 254,
    "quotes": '"' * 120 + "@" + '"' * 120,
    "comments": "(" * 250,
    "ligatures": "a@" + "\ufdfa" * 200,
    "long": "a@" + "b" * 1_000_000,
    "long marks": "\u0300" * 1_000_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_texts_take_no_longer_than_others(name: str) -> None:
    began = time.process_time()
    mailbox_of(HOSTILE[name])
    read_email(HOSTILE[name])
    assert time.process_time() - began < 1.0


def test_no_name_is_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise AssertionError("DNS was asked")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "socket", refuse)
    assert mailbox_of("josé@no-such-domain.example") is not None
    assert "dns.resolver" not in sys.modules


def test_an_address_is_looked_at_once() -> None:
    mailbox._validated.cache_clear()
    for _ in range(5):
        assert is_mailbox("josé@exämple.de")
    assert mailbox._validated.cache_info().misses == 1

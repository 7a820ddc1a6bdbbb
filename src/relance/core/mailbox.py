"""What an e-mail address may be: one door for people's addresses, operators', senders' and recipients'. Pure; asks no DNS.

It is what ``email-validator`` takes: a dot-atom, in any script (RFC 5321, 5322, 6531), at a domain that can be written in ASCII
(IDNA 2008). Quoted local parts and addresses in brackets are refused: no mailbox needs them, and they are how commands get
smuggled. Names that mean nothing outside a house (``.test``, ``.local``, ``localhost``) are taken: tests and intranets use them.
"""

from __future__ import annotations

import re
from functools import lru_cache

import msgspec
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email

from relance.core.trimming import holds_invisible

# RFC 5321, 4.5.3.1: octets.
LOCAL_LIMIT = 64
ADDRESS_LIMIT = 254
_REMEMBERED = 8_192
# Of what nearly all addresses look like it is known beforehand what the library finds, and in a hundredth of the time. A test
# compares them. Labels with two hyphens are the library's: they may be in code (``xn--``).
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"(?![^.]{64})[A-Za-z0-9](?:-?[A-Za-z0-9])*"
_PLAIN = re.compile(rf"(?![^@]{{65}})({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})*)")

SPECIAL_USE_DOMAIN_NAMES.clear()  # the library's own way to have it take such names


class Mailbox(msgspec.Struct, frozen=True):
    """An address ready to send to: ``local`` as it was given, ``domain`` in ASCII and in small letters."""

    local: str
    domain: str


def is_mailbox(text: str) -> bool:
    """Whether a text is an e-mail address, and nothing besides."""
    return (len(text) <= ADDRESS_LIMIT and _PLAIN.fullmatch(text) is not None) or mailbox_of(text) is not None


def mailbox_of(text: str) -> Mailbox | None:
    """The mailbox of an e-mail address; None if it cannot be one. A dot behind the domain, as DNS writes it, is left out."""
    if len(text) > ADDRESS_LIMIT + 1:
        return None
    text = text.removesuffix(".")
    plain = _PLAIN.fullmatch(text)
    if plain is None:
        return _validated(text)
    return Mailbox(plain[1], plain[2].lower()) if len(text) <= ADDRESS_LIMIT else None


@lru_cache(maxsize=_REMEMBERED)
def _validated(text: str) -> Mailbox | None:
    """As the library has it, which takes up to a millisecond.

    No mailbox has an invisible character within its address: it came with a copy from a page or a table, and few servers take it.
    """
    if holds_invisible(text):
        return None
    local, _, _ = text.rpartition("@")
    try:
        found = validate_email(
            text, allow_smtputf8=True, allow_empty_local=False, allow_quoted_local=False, allow_domain_literal=False,
            allow_display_name=False, strict=False, check_deliverability=False, test_environment=True,
            globally_deliverable=False,
        )  # fmt: skip
    except (EmailNotValidError, UnicodeError):
        return None
    domain = (found.ascii_domain or "").lower()
    if not domain or len(local.encode()) > LOCAL_LIMIT or len(f"{local}@{domain}".encode()) > ADDRESS_LIMIT:
        return None
    return Mailbox(local, domain)

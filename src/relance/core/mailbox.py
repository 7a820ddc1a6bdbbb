"""What counts as an e-mail address: one check for people, operators, senders and recipients. Pure; no DNS look-up.

``email-validator`` decides: a dot-atom in any script (RFC 5321, 5322, 6531) at a domain that has an ASCII form (IDNA 2008).
Quoted local parts and bracketed addresses are refused: no mailbox needs them, and they are used to smuggle commands. Special-use
names (``.test``, ``.local``, ``localhost``) are accepted, because tests and intranets use them.
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
# Fast path: nearly all addresses match this pattern, for which the library's answer is known, at a hundredth of its cost. A test
# compares the two. Labels with two hyphens are left to the library: they may be encoded (``xn--``).
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"(?![^.]{64})[A-Za-z0-9](?:-?[A-Za-z0-9])*"
_PLAIN = re.compile(rf"(?![^@]{{65}})({_ATOM}(?:\.{_ATOM})*)@({_LABEL}(?:\.{_LABEL})*)")

SPECIAL_USE_DOMAIN_NAMES.clear()  # makes the library accept special-use names


class Mailbox(msgspec.Struct, frozen=True):
    """An address ready to send to: ``local`` as given, ``domain`` in ASCII and lower case."""

    local: str
    domain: str


def is_mailbox(text: str) -> bool:
    """Whether a text is an e-mail address and nothing else."""
    return (len(text) <= ADDRESS_LIMIT and _PLAIN.fullmatch(text) is not None) or mailbox_of(text) is not None


def mailbox_of(text: str) -> Mailbox | None:
    """The mailbox of an e-mail address, or None if it is not one. A trailing dot, as DNS writes it, is dropped."""
    if len(text) > ADDRESS_LIMIT + 1:
        return None
    text = text.removesuffix(".")
    plain = _PLAIN.fullmatch(text)
    if plain is None:
        return _validated(text)
    return Mailbox(plain[1], plain[2].lower()) if len(text) <= ADDRESS_LIMIT else None


@lru_cache(maxsize=_REMEMBERED)
def _validated(text: str) -> Mailbox | None:
    """The library's answer, which takes up to a millisecond.

    Invisible characters within an address are refused: they come from copying out of a page or a table, and few servers accept
    them.
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

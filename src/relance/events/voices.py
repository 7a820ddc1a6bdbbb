"""The identity behind a message with a browser key: its token is verified here and goes no further. Pure.

Without proof, the event is stored, and everything it would change about a person is left to the tick (``users.trust``), which
holds it back.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import msgspec

from relance.accounts.identity_tokens import Unproven
from relance.core.error_text import ErrorText
from relance.events.instants import Mending
from relance.events.model import Flag, Kind, Note, Reason
from relance.events.screening import Refused

_UNSIGNED, _SIGNED, _TRUSTED = (int(flag) for flag in (Flag.UNSIGNED, Flag.SIGNED, Flag.TRUSTED))
_IMPORTED = int(Flag.IMPORTED)
_PATH = "context.identity_token"
_NAME = b"".join(b"(?:%c|\\\\u00(?i:%02x))" % (letter, letter) for letter in b"identity_token")  # letters may be escaped
_TOKEN = re.compile(rb'("' + _NAME + rb'"\s*:\s*)"(?:[^"\\]|\\.)*"?')
_JWT = re.compile(
    rb"(?<![\w-])eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]{8,}", re.ASCII
)  # wherever else it was put: in a list, in traits, at the top
_HELD = " The event is kept; what it would change about the person is held back."
_NOTES: dict[Unproven, tuple[Note, str]] = {
    Unproven.MISSING: (
        Note.UNSIGNED_USER,
        "A browser named a user id and proved it by no identity_token." + _HELD,
    ),
    Unproven.INVALID: (Note.UNKNOWN_SIGNATURE, "None of the app's identity secrets signed this identity_token." + _HELD),
    Unproven.EXPIRED: (Note.EXPIRED_PROOF, "The identity_token has expired: a page asks its server for a new one." + _HELD),
    Unproven.NOT_YET: (Note.EARLY_PROOF, "The identity_token is not valid yet: its nbf lies ahead." + _HELD),
    Unproven.IN_MILLISECONDS: (
        Note.PROOF_IN_MILLISECONDS,
        "The times of the identity_token are not in seconds: exp and nbf are seconds since 1970, not milliseconds." + _HELD,
    ),
    Unproven.OTHER_USER: (Note.PROOF_OF_OTHER_USER, "The sub of the identity_token is not the userId of the call." + _HELD),
}


class Browser(msgspec.Struct, frozen=True):
    """Verifies calls with a browser key: why a token does not prove a user id (None: it does), and whether the app trusts
    unsigned calls.
    """

    unproven: Callable[[Any, str], Unproven | None]
    trusts_unsigned: bool = False


def voice_of(browser: Browser, kind: str, user_id: str, token: Any, flags: int, mended: list[Mending]) -> int:
    """The flags for a browser's message. Raises ``Refused`` for what no browser may do."""
    if flags & _IMPORTED:
        raise Refused(
            Reason.SERVER_KEY_NEEDED,
            "context.import",
            ErrorText("history_from_server", "History is imported by a server, with a write key."),
        )
    trusted = _TRUSTED if browser.trusts_unsigned else 0
    if not user_id:
        return _UNSIGNED | trusted
    why = browser.unproven(token, user_id)
    if why is None:
        return _SIGNED
    if kind == Kind.ALIAS and not trusted:
        raise Refused(
            Reason.UNSIGNED,
            _PATH,
            ErrorText("alias_unproven", "With a browser key an alias needs an identity_token that proves its userId."),
        )
    if not trusted:
        mended.append(Mending(_NOTES[why][0], _PATH, _NOTES[why][1]))
    return _UNSIGNED | trusted


def without_token(message: bytes) -> bytes:
    """A message without its token, to show to people: a reader could otherwise impersonate its user."""
    if message.find(b"identity_token") < 0 and message.find(b"\\u00") < 0:
        return message
    return _JWT.sub(b"...", _TOKEN.sub(rb'\1"..."', message))

"""Operators' passwords: argon2id with the parameters OWASP names for small servers (19 MiB, 2 passes, 1 lane)."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from relance.accounts.common_passwords import is_common
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError

SHORTEST = 10
LONGEST = 200

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)
#: Unknown e-mail addresses are checked against this, so that they take as long as known ones: the hash, with these parameters, of
#: discarded random characters. A constant, since hashing takes as long as a check.
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$+77ERq/fSlyGP+z/t7rhZw$BggfmEzkx9uqmCUpIkhOsvC7D4CVL+igXHJhiZqZe2w"


def hash_password(password: str, *own: str) -> str:
    """Hash a password for storage. ``own``: the account's address and name, which are refused as passwords.

    Raises ``InvalidError`` if it is too short, too long or too common.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InvalidError(
            ErrorText(
                "password_length",
                "Password must be {least}–{most} characters (got {got:,}).",
                least=SHORTEST,
                most=LONGEST,
                got=len(password),
            ),
            path="password",
        )
    if is_common(password, *own):
        text = ErrorText(
            "password_common",
            "This password is among those that are tried first, or your own address or name. Take words nobody would guess.",
        )
        raise InvalidError(text, path="password")
    return _hasher.hash(password)


def password_fits(password: str, password_hash: str | None) -> bool:
    """Whether the password matches the hash. Without a hash it takes as long and returns false."""
    try:
        _hasher.verify(password_hash or NOBODY, password[: LONGEST + 1])
    except (VerificationError, InvalidHashError):
        return False
    return password_hash is not None

"""The one rule for names that people give to things: some visible characters, not too many, no NUL. Pure."""

from __future__ import annotations

import msgspec

from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError


def is_name(name: str, most: int) -> bool:
    """Whether it is 1 to ``most`` characters, not all of them blank, without NUL (which PostgreSQL cannot store)."""
    return bool(name.strip()) and len(name) <= most and "\x00" not in name


def size_of(name: str) -> int:
    """Its characters; none if all of them are blank."""
    return len(name) if name.strip() else 0


def name_text(name: str, most: int) -> ErrorText:
    """What is wrong with what ``is_name`` refuses."""
    return ErrorText("name_length", "Name must be 1–{most} characters without NUL (got {got:,}).", most=most, got=size_of(name))


def reject_nul(value: object, path: str) -> None:
    """PostgreSQL keeps no NUL in text, however deep it stands. Raises ``InvalidError``."""
    if "\\u0000" in msgspec.json.encode(value).decode():
        raise InvalidError(ErrorText("text_nul", "Text may not contain NUL."), path=path)

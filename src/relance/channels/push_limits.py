"""What pushes to browsers and to phones are limited by alike: their buttons, and their size in bytes. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from relance.channels.content import json_size
from relance.channels.errors import ContentInvalidError
from relance.channels.filling import in_field
from relance.core.error_text import ErrorText
from relance.templates.errors import TemplateError


def check_buttons(buttons: Sequence[object], most: int) -> None:
    """Refuse more buttons than are shown. Raises ``ContentInvalidError``."""
    if len(buttons) > most:
        raise ContentInvalidError(
            ErrorText("buttons_limit", "A push must have at most {most} buttons (got {got:,}).", most=most, got=len(buttons)),
            path="content.buttons",
        )


def check_certain_size(texts: Mapping[str, str], size: int, most: int) -> None:
    """Refuse what is too large for everybody: ``texts`` by path, and what they take in all. Raises ``ContentInvalidError``."""
    if size > most:
        longest = max(texts, key=lambda path: len(texts[path].encode()))
        raise ContentInvalidError(
            ErrorText(
                "push_size",
                "Push must be at most {most:,} bytes in all (got more than {got:,} for everybody).",
                most=most,
                got=size,
            ),
            path=f"content.{longest}",
        )


def cut_body(body: str, room: int, size: int, most: int) -> str:
    """The body, cut so that a push of ``size`` bytes fits into ``most``; ``room``: bytes that are left for it beside "…".

    Raises ``TemplateError`` where no body is left to cut.
    """
    if room < 0 or not body:
        raise TemplateError(
            in_field(
                "body",
                ErrorText("rendered_push_size", "Push must be at most {most:,} bytes (got {got:,}).", most=most, got=size),
            ),
            path="content.body",
        )
    cut = body[:room]
    while json_size(cut) - 2 > room:  # quotes, and what JSON escapes
        cut = cut[: min(len(cut) - 1, len(cut) * room // json_size(cut))]
    return cut.rstrip() + "…"

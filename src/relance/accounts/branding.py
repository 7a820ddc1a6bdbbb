"""How an app shows itself to people on the pages that mails lead to: its logo, and what its topics are called. Pure."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Sequence

from relance.accounts.model import TopicTitles
from relance.core.error_text import ErrorText
from relance.core.errors import InvalidError
from relance.core.name_check import is_name, name_text

LOGO_BYTES = 40_000
MOST_TOPICS = 50
TITLE_LIMIT = 100
_PREFIX = "data:image/"
_BEGINNINGS = {"png": (b"\x89PNG\r\n\x1a\n",), "jpeg": (b"\xff\xd8\xff",), "gif": (b"GIF87a", b"GIF89a"), "webp": (b"RIFF",)}


def check_logo(logo: str) -> None:
    """A picture as a data URL, or nothing: pages load nothing from anywhere. Raises ``InvalidError``."""
    if not logo:
        return
    kind, separator, data = logo.removeprefix(_PREFIX).partition(";base64,")
    if not (logo.startswith(_PREFIX) and separator and kind in _BEGINNINGS):
        raise _no_picture()
    if len(data) > LOGO_BYTES * 4 // 3 + 4:
        raise InvalidError(
            ErrorText(
                "logo_bytes", "Logo must be at most {most:,} bytes (got {got:,}).", most=LOGO_BYTES, got=len(data) * 3 // 4
            ),
            path="logo",
        )
    try:
        picture = b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise _no_picture() from None
    if not picture.startswith(_BEGINNINGS[kind]):
        raise _no_picture()


def _no_picture() -> InvalidError:
    return InvalidError(
        ErrorText("logo_form", "Logo must be a PNG, JPEG, GIF or WebP picture as a data URL (data:image/png;base64,…)."),
        path="logo",
    )


def check_topics(topics: Sequence[TopicTitles]) -> None:
    """Topics with their titles. Raises ``InvalidError`` at the first that is wrong."""
    if len(topics) > MOST_TOPICS:
        raise InvalidError(
            ErrorText("topics_limit", "An app must have at most {most} topics (got {got:,}).", most=MOST_TOPICS, got=len(topics)),
            path="topics",
        )
    for place, each in enumerate(topics):
        if any(each.topic == other.topic for other in topics[:place]):
            raise InvalidError(
                ErrorText("topic_twice", "Topic {topic!r} is there twice.", topic=each.topic), path=f"topics.{place}"
            )
        for path, text in ((f"topics.{place}.topic", each.topic), *_titles(place, each)):
            if not is_name(text, TITLE_LIMIT):
                raise InvalidError(name_text(text, TITLE_LIMIT), path=path)


def _titles(place: int, each: TopicTitles) -> list[tuple[str, str]]:
    return [(f"topics.{place}.titles.{language}", text) for language, text in each.titles.items()]

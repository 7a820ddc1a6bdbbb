"""What another system answered to a webhook, cut to what later steps of a journey may carry along. Pure.

It is somebody else's text: it is kept in events for ever and read by templates, so that its size, its depth and the number of its
values have bounds, and headers, which may hold secrets, are no part of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from relance.core.encoding import to_json

BODY_LIMIT = 8_192  # bytes of JSON that are kept; of more nothing is
TEXT_LIMIT = 1_000  # characters kept of what is no JSON
MOST_DEPTH = 10
MOST_VALUES = 500
LONGEST_NUMBER = 256  # bits of a whole number
LARGEST_WHOLE = 2**53  # beyond it others read another number: it is kept as text


def read_answer(status: int, content_type: str, body: bytes, hidden: Callable[[str], str]) -> dict[str, Any]:
    """``status``; ``body``, decoded where it is JSON, else as text; ``truncated`` where that is not all of it.

    ``hidden`` takes secrets out of a text.
    """
    found: dict[str, Any] = {"status": status}
    if not body.strip():
        return found
    if not _is_json(content_type):
        return found | _as_text(body, hidden)
    if len(body) > 4 * BODY_LIMIT:  # white space apart it may still fit
        return found | {"truncated": True}
    try:
        kept = _Cut(hidden).value(msgspec.json.decode(body), 1)
    except _TooMuchError:
        return found | {"truncated": True}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return found | _as_text(body, hidden)
    return found | ({"body": kept} if len(to_json(kept).encode()) <= BODY_LIMIT else {"truncated": True})


class _TooMuchError(Exception):
    """It has more values, or is deeper, than is kept: half of an object would be taken for the whole."""


class _Cut:
    def __init__(self, hidden: Callable[[str], str]) -> None:
        self._hidden = hidden
        self._left = MOST_VALUES

    def value(self, given: Any, depth: int) -> Any:
        self._left -= 1
        if self._left < 0 or depth > MOST_DEPTH:
            raise _TooMuchError
        if isinstance(given, dict):
            return {self._text(name): self.value(each, depth + 1) for name, each in given.items()}
        if isinstance(given, list):
            return [self.value(each, depth + 1) for each in given]
        if isinstance(given, str):
            return self._text(given)
        is_whole = isinstance(given, int) and not isinstance(given, bool)
        if is_whole and abs(given) > LARGEST_WHOLE:
            if given.bit_length() > LONGEST_NUMBER:
                raise _TooMuchError
            return str(given)
        return given

    def _text(self, given: str) -> str:
        return self._hidden(given.replace("\x00", ""))


def _is_json(content_type: str) -> bool:
    kind = content_type.partition(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def _as_text(body: bytes, hidden: Callable[[str], str]) -> dict[str, Any]:
    text = hidden(body.decode("utf-8", "replace").replace("\x00", "")).strip()
    return {"body": text[:TEXT_LIMIT], **({"truncated": True} if len(text) > TEXT_LIMIT else {})}

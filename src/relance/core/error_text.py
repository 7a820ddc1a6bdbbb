"""What an error says: a sentence for people, together with its reason and parameters, from which clients word it themselves.

``RelanceError`` carries it to whoever asked. Every reason is worded in each language of the dashboard
(``dashboard/src/words``); ``tests/docs/test_error_texts.py`` holds them together.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter
from typing import Any, TypeAlias

from typing_extensions import override

#: What a template may be filled with. An ``ErrorText`` is a sentence of its own inside another.
Parameter: TypeAlias = "str | int | float | tuple[str | ErrorText, ...] | ErrorText"


SHOWN = 100  # characters of a text that was given
LISTED = 100  # words of a list


class _Listing(Formatter):
    """As ``str.format``, with lists joined by commas."""

    @override
    def format_field(self, value: Any, format_spec: str) -> str:
        return ", ".join(value) if isinstance(value, tuple) else str(super().format_field(value, format_spec))


class ErrorText(str):
    """``ErrorText("name_length", "A name has 1 to {most} characters.", most=200)``: the sentence, as a string.

    ``reason`` is stable, and unique to the template in the program. ``parameters`` are exactly what the template names.
    By convention ``most`` and ``least`` are a limit's, and ``got`` is what was given instead; texts are shortened to ``SHOWN``.
    """

    __slots__ = ("parameters", "reason")
    reason: str
    parameters: Mapping[str, Any]

    def __new__(cls, reason: str, template: str, /, **parameters: Parameter) -> ErrorText:
        shown = {name: _shown(value) for name, value in parameters.items()}
        return cls.known(_Listing().vformat(template, (), shown), reason, shown)

    @classmethod
    def known(cls, sentence: str, reason: str, parameters: Mapping[str, Any]) -> ErrorText:
        """One that was put together before, maybe in another process."""
        made = super().__new__(cls, sentence)
        made.reason = reason
        made.parameters = parameters
        return made

    @classmethod
    def local(cls, sentence: str) -> ErrorText:
        """One for the terminal, the log or a delivery's detail, which no client words: it has no reason."""
        return cls.known(sentence, "", {})

    def plain(self) -> dict[str, Any]:
        """``message``, ``reason`` and ``parameters``, as JSON-ready values."""
        return {
            "message": str(self),
            "reason": self.reason or None,
            "parameters": {name: _plain(value) for name, value in self.parameters.items()},
        }


def as_error_text(text: str) -> ErrorText:
    """The text, with the reason that it may have."""
    return text if isinstance(text, ErrorText) else ErrorText.local(text)


def _shown(value: Any) -> Any:
    """The value, shortened where somebody gave a text that nobody would read in a sentence."""
    if isinstance(value, tuple):
        return tuple(_shown(each) for each in value[:LISTED])
    is_long = isinstance(value, str) and not isinstance(value, ErrorText) and len(value) > SHOWN
    return f"{value[:SHOWN]}…" if is_long else value


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return value.plain() if isinstance(value, ErrorText) else value

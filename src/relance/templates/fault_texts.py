"""What Liquid says of a template, as a sentence of ours: its own text never reaches anybody. Pure."""

from __future__ import annotations

import re

from liquid.exceptions import LiquidError, LiquidSyntaxError

from relance.core.error_text import ErrorText

_TAG = re.compile(r"unexpected tag '(.*)'", re.DOTALL)
_UNCLOSED = re.compile(r"expected tag (?:'?)(end\w+)'?, found .*", re.DOTALL)


def template_text(error: LiquidError) -> ErrorText:
    """What is wrong with the template, and in which line of it where that is known."""
    message = error.message
    if isinstance(message, ErrorText):
        return message
    place = error.context()
    if isinstance(error, LiquidSyntaxError):
        return _syntax(str(message), place[0] if place else None, error)
    if place is None:
        return ErrorText("filter_fails", "A filter does not work with the value that it is given.")
    return ErrorText(
        "filter_fails_in_line", "Line {line}: a filter does not work with the value that it is given.", line=place[0]
    )


def _syntax(message: str, line: int | None, error: LiquidError) -> ErrorText:
    if unclosed := _UNCLOSED.fullmatch(message):
        return ErrorText("tag_unclosed", "A tag is not closed: {closing} is missing.", closing=f"{{% {unclosed[1]} %}}")
    if line is None:
        return ErrorText("liquid_cut_off", "An output or a tag of the template breaks off: it is not valid Liquid.")
    if tag := _TAG.fullmatch(message):
        return ErrorText(
            "tag_unexpected", "Line {line}: the tag {tag!r} does not exist, or is not expected there.", line=line, tag=tag[1]
        )
    near = error.token.value.strip() if error.token else ""
    return ErrorText("liquid_invalid", "Line {line}: this is not valid Liquid at {near!r}.", line=line, near=near)

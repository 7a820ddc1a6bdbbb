"""Search by name: each typed word must start a word of the person's name or e-mail address. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

#: The traits that name a person, as spelled in Segment's spec and by common libraries.
NAME_TRAITS = ("name", "first_name", "last_name", "firstName", "lastName", "firstname", "lastname", "username", "email")
_WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    """The words of a text, without case and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(each for each in plain if not unicodedata.combining(each)))


def is_named(traits: Mapping[str, Any], wanted: Sequence[str]) -> bool:
    """Whether each word of the query (``words_of``) starts a word of the person's name."""
    own = [word for trait in NAME_TRAITS if isinstance(value := traits.get(trait), str) for word in words_of(value)]
    return bool(wanted) and all(any(word.startswith(each) for word in own) for each in wanted)


def spellings(text: str) -> list[str]:
    """How the longest word of the query may appear in a profile, so that a database can search without parsing names."""
    longest = max(text.split(), key=len, default="")
    return list(dict.fromkeys((longest, longest.lower(), longest.capitalize(), longest.upper()))) if longest else []

"""Who is meant by a name that somebody types: each word begins a word of a name, or of the e-mail address. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any

#: The traits that name a person, as Segment's spec and the common libraries spell them.
NAME_TRAITS = ("name", "first_name", "last_name", "firstName", "lastName", "firstname", "lastname", "username", "email")
_WORD = re.compile(r"\w+")


def words_of(text: str) -> list[str]:
    """The words of a text, without capitals and accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(each for each in plain if not unicodedata.combining(each)))


def is_named(traits: Mapping[str, Any], wanted: Sequence[str]) -> bool:
    """Whether each of the ``words_of`` what was typed begins a word of what the person is called."""
    own = [word for trait in NAME_TRAITS if isinstance(value := traits.get(trait), str) for word in words_of(value)]
    return bool(wanted) and all(any(word.startswith(each) for word in own) for each in wanted)


def spellings(text: str) -> list[str]:
    """How the longest word of what was typed may stand in a profile: what a database can look for without reading names."""
    longest = max(text.split(), key=len, default="")
    return list(dict.fromkeys((longest, longest.lower(), longest.capitalize(), longest.upper()))) if longest else []

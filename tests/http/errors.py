"""What every error that is answered says: a sentence with a reason and its parameters, and none of a library's own words."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.docs.pages import ROOT
from tests.docs.test_error_texts import WITHOUT_GOT

#: As libraries put it: msgspec, json, Litestar, SQLAlchemy, drivers, zoneinfo, RE2, Liquid, Python itself.
LIBRARIES = re.compile(
    r"Expected `|got `|Object (missing|contains)|Invalid value|JSON is malformed|Input data was truncated|line \d+ column \d+|"
    r"Expecting|Validation failed|validation error|No time zone found|sqlalchemy|sqlite3|psycopg|duckdb|msgspec|litestar|"
    r"no argument for repetition|missing \]|Traceback|object at 0x|<class |NoneType|invalid literal|out of range|"
    r"codec can't decode|[a-z]Error\b|expected .+, found ",
)
_WORD = re.compile(r'^  (\w+):\s+("(?:[^"\\]|\\.)*"),$', re.MULTILINE)
WORDS: dict[str, str] = {
    reason: json.loads(text) for reason, text in _WORD.findall((ROOT / "dashboard/src/words/en/errors.ts").read_text())
}
CODES = set(re.findall(r"^\| `(\w+)` ", (ROOT / "docs/reference/errors.md").read_text(), re.MULTILINE))


def check_text(text: Any, where: str) -> None:
    """A sentence that clients can word themselves, and that no library has written."""
    assert text["message"], where
    assert text["reason"] in WORDS, (where, text)
    named = set(re.findall(r"(?<!\{)\{(\w+)\}", WORDS[text["reason"]]))
    assert set(text["parameters"]) == named, (where, text)
    assert not LIBRARIES.search(text["message"]), (where, text["message"])
    assert len(text["message"]) < 1_000, where
    assert not {"most", "least"} & named or "got" in named or text["reason"] in WITHOUT_GOT, (where, text)
    for each in text["parameters"].values():
        for inner in each if isinstance(each, list) else [each]:
            if isinstance(inner, dict):
                check_text(inner, where)

"""What browsers do not show of a web push, as data with its source and date (``scripts/browser_support.py`` renews it)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec


class DataSource(msgspec.Struct, frozen=True):
    """Where the data is from."""

    package: str
    licence: str
    version: str
    date: str


class BrowserSupport(msgspec.Struct, frozen=True):
    """``browsers`` is id → name; ``features`` is field of the content → browser → the version since which it shows it, if any."""

    source: DataSource
    browsers: dict[str, str]
    features: dict[str, dict[str, str | None]]


SUPPORT = msgspec.json.decode(Path(__file__).with_name("browsers.json").read_bytes(), type=BrowserSupport)


def not_shown(support: BrowserSupport = SUPPORT) -> Mapping[str, tuple[str, ...]]:
    """Field of the content → the names of the browsers that do not show it in any version."""
    return {
        field: tuple(support.browsers[each] for each, version in by_browser.items() if version is None)
        for field, by_browser in support.features.items()
        if field in ("buttons", "image")
    }

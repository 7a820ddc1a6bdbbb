"""Which languages exist."""

from __future__ import annotations

import pytest

from relance.core.languages import is_language_tag


@pytest.mark.parametrize("tag", ["fr", "FR", "pt-BR", "zh-Hant-TW", "yue", "tlh", "sr-Latn", "de-CH-1996"])
def test_a_tag_of_a_language_is_one(tag: str) -> None:
    assert is_language_tag(tag)


@pytest.mark.parametrize(
    "tag", ["", "xx-klingon", "xx", "qq", "f", "french", "fr_FR", "fr-", "und", "mul", "zxx", "fr FR", "fr\n"]
)
def test_anything_else_is_none(tag: str) -> None:
    assert not is_language_tag(tag)

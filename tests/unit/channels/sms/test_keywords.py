"""What people answer: STOP, START and HELP in seven languages, and nothing else."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.channels.callback import Keyword
from relance.channels.sms.keywords import WORDS, keyword_in

ALL = [(word, keyword) for keyword, languages in WORDS.items() for words in languages.values() for word in words]


@pytest.mark.parametrize(("word", "keyword"), ALL, ids=[word for word, _ in ALL])
def test_each_word_counts_however_it_is_written(word: str, keyword: Keyword) -> None:
    for text in (word, word.upper(), f"  {word.title()}. ", f"«{word}»!!", f"\n{word}\r\n"):
        assert keyword_in(text) is keyword


@pytest.mark.parametrize(
    "text", ["ARRÊT", "Arrêt", "désabonnement", "COMEÇAR", "Ｓｔｏｐ", "s\u0074op", "STOP 36111", "Stop SVP", "stop sms please"]
)
def test_accents_numbers_and_courtesy_change_nothing(text: str) -> None:
    assert keyword_in(text) in (Keyword.STOP, Keyword.START)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "!!!",
        "don't stop",
        "Stop by the shop tomorrow",
        "the end",
        "cancel my order",
        "ja",
        "yes",
        "1",
        "stopp it",
        "basta cosi oggi",
        "x" * 10_000,
    ],
)
def test_a_sentence_is_no_keyword(text: str) -> None:
    assert keyword_in(text) is None


def test_no_word_means_two_things() -> None:
    for one, other in combinations(WORDS, 2):
        assert not {word for words in WORDS[one].values() for word in words} & {
            word for words in WORDS[other].values() for word in words
        }
    assert all(set(languages) == {"en", "fr", "de", "es", "it", "nl", "pt"} for languages in WORDS.values())


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    assert keyword_in(text) in (None, *Keyword)

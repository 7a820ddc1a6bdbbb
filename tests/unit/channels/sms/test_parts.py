"""How a text travels as SMS: its encoding and its parts."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.channels.sms.parts import JOINED, SINGLE, Encoding, count_parts, price_of, split_parts

ESCAPED = "^{}[]~|€\\"
GSM = st.text(alphabet="abc é ÄÇ@£_\n" + ESCAPED, max_size=700)
ANY = st.text(alphabet=st.one_of(st.sampled_from("ab€[ê…“😀👍🏽é\n"), st.characters(codec="utf-8")), max_size=400)


def septets(text: str) -> int:
    return sum(2 if each in ESCAPED + "\f" else 1 for each in text)


def utf16(text: str) -> int:
    return len(text.encode("utf-16-be")) // 2


@pytest.mark.parametrize(
    ("text", "encoding", "parts", "left"),
    [
        ("", "gsm-7", 0, 160),
        ("a" * 160, "gsm-7", 1, 0),
        ("a" * 161, "gsm-7", 2, 145),
        ("a" * 306, "gsm-7", 2, 0),
        ("a" * 307, "gsm-7", 3, 152),
        ("€" * 80, "gsm-7", 1, 0),
        ("€" * 81, "gsm-7", 2, 143),  # 76 to a part: half an escape would be left
        ("a" * 152 + "€" + "a" * 10, "gsm-7", 2, 141),
        ("ê" * 70, "ucs-2", 1, 0),
        ("ê" * 71, "ucs-2", 2, 63),
        ("😀" * 35, "ucs-2", 1, 0),
        ("😀" * 36, "ucs-2", 2, 61),  # 33 to a part: half a pair would be left
        ("a" * 66 + "😀" + "a" * 9, "ucs-2", 2, 56),
    ],
)
def test_the_borders(text: str, encoding: str, parts: int, left: int) -> None:
    found = count_parts(text)
    assert (found.encoding, found.parts, found.left) == (encoding, parts, left)


def test_what_makes_it_short_is_named_once_and_in_order() -> None:
    assert count_parts("J’ai reçu “ça” 😀😀, à bientôt’").forcing == ("’", "ç", "“", "”", "😀", "ô")
    assert count_parts("Où ? Là : à 12 € [déjà] Ç").forcing == ()
    assert len(count_parts("".join(map(chr, range(0x4E00, 0x4F00)))).forcing) == 20


@given(st.one_of(GSM, ANY))
def test_parts_hold_the_text_and_split_no_character(text: str) -> None:
    found = count_parts(text)
    width = septets if found.encoding is Encoding.GSM_7 else utf16
    assert found.units == width(text)
    assert (found.encoding is Encoding.UCS_2) == bool(found.forcing)
    if found.units <= SINGLE[found.encoding]:
        assert found.parts == bool(text)
        return
    pieces = split_parts(text, JOINED[found.encoding], width)
    assert "".join(pieces) == text
    assert len(pieces) == found.parts
    assert all(0 < width(each) <= JOINED[found.encoding] for each in pieces)
    assert found.left == JOINED[found.encoding] - width(pieces[-1])
    for piece, following in pairwise(pieces):  # none could have taken one more
        assert width(piece) + width(following[0]) > JOINED[found.encoding]


@given(GSM)
def test_the_basic_characters_are_seven_bits(text: str) -> None:
    assert count_parts(text).encoding is Encoding.GSM_7


def test_a_price_is_exact() -> None:
    assert (price_of(3, "0.0735"), price_of(2, "1"), price_of(7, "")) == ("0.2205", "2", "")

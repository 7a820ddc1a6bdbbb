"""A page that was taken apart once for all its readers is what ``read_page`` says of each."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from relance.markup.outline import outline_of, page_of
from relance.markup.page import read_page

PIECES = (
    *(
        "<",
        ">",
        "</",
        "/>",
        "<!",
        "<!--",
        "-->",
        "--",
        "->",
        "]]",
        "]]>",
        "<![CDATA[",
        "=",
        "'",
        '"',
        " ",
        "\n",
        "\ufeff",
        "x",
        "/",
    ),
    *("<a href=", '<a href="', "<a href='", '">', "'>", "</a>", "<p>", "<p ", "</p>", "<body>", "</body>", "</html>", "<head>"),
    *("<title>", "</title>", "</ti", "tle>", "<style>", "</style>", "<script>", "</script>", "<template>", "</template>"),
    *(
        "<svg>",
        "</svg>",
        "<math>",
        "<annotation-xml encoding=",
        "<font ",
        "<textarea>",
        "</textarea>",
        "<plaintext>",
        "&amp",
        ";",
    ),
    *("https://shop.example/", "?a=1&", "#", "<br>", "<area href=", "<h", "1>", "<!doctype html>", "<td bgcolor="),
)
SAID = ("a", "b", " ", "-", "/", "!", "]", "&amp;", "&#39;", "tle", "=", "\n", "\u00a0", "é")
VALUES = st.lists(st.sampled_from(SAID), max_size=4).map("".join)
LIVE = st.sampled_from(["<", ">", '"', "'", "\ufeff", "<b>", '"onclick="'])


def filled(outline: list[str | None], values: list[str]) -> list[str]:
    left = iter(values)
    return [next(left) if piece is None else piece for piece in outline]


@settings(max_examples=2_000)
@given(st.data())
def test_an_outline_says_what_reading_the_page_says(data: st.DataObject) -> None:
    outline = data.draw(st.lists(st.one_of(st.sampled_from(PIECES), st.none()), max_size=12))
    for _ in range(2):
        values = [data.draw(st.one_of(VALUES, VALUES, LIVE)) for piece in outline if piece is None]
        pieces = filled(outline, values)
        found = page_of(outline, pieces, "".join(pieces))
        assert found is None or found == read_page("".join(pieces))


@example(["<title>", "</ti", None, "tle><p>"], [""])
@example(["<body>", "<", None, "a href='https://shop.example/'>"], [""])
@example([None, "<body>"], ["\ufeff"])
@example(["\ufeff", None, "<p>"], [" "])
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.none()), max_size=6), st.lists(VALUES, min_size=6, max_size=6))
def test_values_between_pieces_of_markup(outline: list[str | None], values: list[str]) -> None:
    pieces = filled(outline, values)
    found = page_of(outline, pieces, "".join(pieces))
    assert found is None or found == read_page("".join(pieces))


@pytest.mark.parametrize(
    "outline",
    [
        [
            "<html><head><title>",
            None,
            "</title><style>p { color: ",
            None,
            "}</style></head><body><h1>Hello ",
            None,
            "</h1></body>",
        ],
        ["<body><a href='https://shop.example/?q=", None, "&s=", None, "'>", None, "</a></body>"],
        ["<p>Hello ", None, '</p><a href="', None, '">See it</a>'],
        ["Hello ", None, '! <a title="', None, '" href="/">See it</a>'],
    ],
)
def test_pages_as_people_write_them_have_one(outline: list[str | None]) -> None:
    assert outline_of(tuple(outline)) is not None
    pieces = filled(outline, ["Zoë", "", "50 &amp; more"])
    assert page_of(outline, pieces, "".join(pieces)) == read_page("".join(pieces))
    assert page_of(outline, filled(outline, ["<b>", "a", "b"]), "") is None  # a value with markup of its own

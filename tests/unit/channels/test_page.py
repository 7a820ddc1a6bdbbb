"""Where links, the body's start and its end are in a page: a parser that is not ours is the oracle."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given, settings
from selectolax.lexbor import LexborHTMLParser

from relance.markup.page import Edit, read_page, spliced
from relance.markup.parts import bare
from relance.markup.plain import plain_text
from tests.unit.channels.pages import pages


def shown_links(page: str) -> set[str]:
    """The addresses of all links; those in a template are not part of the document."""
    found = LexborHTMLParser(page).css("a[href], area[href]")  # and those with another name's href, such as xlink:href
    return {node.attributes["href"] or "" for node in found if "href" in node.attributes}


@pytest.mark.slow
@settings(max_examples=400)
@given(pages())
def test_links_are_those_a_browser_finds(page: str) -> None:
    ours = {value.text for value in read_page(page).links}
    assert ours == shown_links(page)


@pytest.mark.slow
@settings(max_examples=400)
@given(pages())
def test_what_is_put_at_the_start_and_the_end_is_in_the_body_and_seen(page: str) -> None:
    read = read_page(page)
    marked = spliced(
        page, [Edit(read.body_starts, read.body_starts, "<b id=s></b>"), Edit(read.body_ends, read.body_ends, "<b id=e></b>")]
    )
    assert marked.replace("<b id=s></b>", "").replace("<b id=e></b>", "") == page
    body = LexborHTMLParser(marked).css_first("body")
    assert body is not None, marked
    ids = [node.attributes["id"] for node in body.css("#s, #e")]
    assert set(ids) == {"s", "e"}
    assert ids[0] == "s"


@given(pages())
def test_a_replaced_address_changes_nothing_else(page: str) -> None:
    edits = [Edit(value.start, value.end, '"https://z.example/"') for value in read_page(page).links if value.end > value.start]
    again = read_page(spliced(page, edits))
    assert [value.text for value in again.links if value.text] == ["https://z.example/" for _ in edits]


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [
        "<a " * 45_000,
        "<" * 200_000,
        "<a href='" * 50_000,
        "<!--" * 50_000,
        "<script><!--" * 50_000,
        "<a" + " " * 400_000,
        *(
            "<svg>" * 50_000,
            "<svg><desc>" * 30_000 + "</svg>" * 10_000,
            "<svg><g>" * 30_000 + "</desc>" * 50_000,
            "<title>" * 60_000,
        ),
        "<a href=x>" * 40_000,
        "<p a=" * 50_000,
        "&" * 400_000,
        "</" * 100_000,
        "<template>" * 40_000,
        "<table><td>" * 30_000,
    ],
    ids=lambda page: page[:12],
)
def test_no_page_takes_long(page: str) -> None:
    began = process_time()
    read_page(page)
    plain_text(page)
    bare(page)
    assert process_time() - began < 30  # a second where time grows with length, minutes where it grows with its square

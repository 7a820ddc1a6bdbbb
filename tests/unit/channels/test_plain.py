"""The plain part made of a page keeps its words apart and every link."""

from __future__ import annotations

import pytest

from relance.markup.plain import plain_text


def test_words_and_addresses() -> None:
    page = "<style>p{}</style><h1>Hi&nbsp;Ada</h1><p>Your <a href='https://x.example/a'>cart</a></p><img alt='Cup' src=x>"
    assert plain_text(page) == "Hi Ada\n\nYour cart (https://x.example/a)\nCup"


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ('<a href="https://x.example/King\'s_Gambit">go</a>', "go (https://x.example/King's_Gambit)"),
        ("<a href=https://x.example/?a=1&region=2>go</a>", "go (https://x.example/?a=1&region=2)"),
        ('<a href=" https://x.example/a b ">go</a>', "go (https://x.example/a%20b)"),
        ('<a href="mailto:a@x.example">write</a>', "write (mailto:a@x.example)"),
        ('<a href="mailto:a@x.example?subject=x">a@x.example</a>', "a@x.example"),
        ('<a href="tel:+331">call</a>', "call (tel:+331)"),
        ('<a title="a > b" href="https://x.example/">go</a>', "go (https://x.example/)"),
        ('<a href="https://x.example/">\nhttps://x.example/\n</a>', "https://x.example/"),
        (
            '<a href="https://x.example/">one <a href="https://y.example/">two</a>',
            "one (https://x.example/)two (https://y.example/)",
        ),
        ('<a href="https://x.example/"><img src=x></a>', "https://x.example/"),
        ('<map><area href="https://x.example/" alt="Sale"></map>', "Sale (https://x.example/)"),
        ("<table><tr><td>Kettle</td><td>49</td></tr><tr><th>Cup</th><td>5</td></tr></table>", "Kettle 49\n\nCup 5"),
        ("<main>a</main><center>b</center><dl><dt>c<dd>d</dl><footer>e</footer>", "a\n\nb\n\nc\nd\n\ne"),
        ("<!-- <a href='https://x.example/'>x</a> -->y<script>z</script>", "y"),
        ("<svg><template></svg><a href='ht\ttps:\\\\x.example/\na'>go</a>", "go (https://x.example/a)"),
        ('<a href="https://x.example/?q=<b>">go</a>', "go (https://x.example/?q=%3Cb%3E)"),
        ('<a href="#top">up</a> <a href="javascript:x">run</a>', "up run"),
        ("1 &lt; 2 &copy 3 &#x20AC;&#" + "9" * 5_000 + ";", "1 < 2 © 3 €\ufffd"),
    ],
)
def test_links_and_blocks(page: str, text: str) -> None:
    assert plain_text(page) == text

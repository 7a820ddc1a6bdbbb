"""Pages as no author should write them: whatever decides where links are, in any order."""

from __future__ import annotations

from hypothesis import strategies as st

HREFS = (
    "https://a.example/",
    "https://a.example/?a=1&region=eu&copy=2&timestamp=3&amp;lt=4&ampx=5&not",
    "https://a.example/K's_x",
    *(
        "HTTPS:\\\\a.example\\b",
        "https://b&uuml;cher.example/&#233;&#x80;&#0;&#xD800;&notin;&notit;",
        "#x",
        "/y",
        "mailto:a@b.example",
    ),
    *(
        " https://a.example/\t\n b ",
        "https://a.example/a>b",
        "",
        "javascript:x",
        "//c.example",
        "https://a.example/&amp",
        "&#104;ttps://d.example/",
    ),
)
PIECES = (
    *(
        "<!doctype html>",
        "<html>",
        "<html lang=x>",
        "<head>",
        "</head>",
        "<body>",
        "<body class='a>b'>",
        "</body>",
        "</html>",
        "<p>",
        "</p>",
    ),
    *(
        "<!-- ",
        " -->",
        "<!-->",
        "<!--->",
        "--!>",
        "<!--[if mso]><body><![endif]-->",
        "<![if !mso]>",
        "<![endif]>",
        "<?xml ?>",
        "</>",
        "</ x>",
    ),
    *(
        "<title>",
        "</title>",
        "</TITLE >",
        "<style>",
        "</style>",
        "<style title='<'>",
        "<script>",
        "</script>",
        "<!--<script>",
        "</script x>",
    ),
    *(
        "<textarea>",
        "</textarea>",
        "<xmp>",
        "</xmp>",
        "<iframe>",
        "</iframe>",
        "<noscript>",
        "</noscript>",
        "<template>",
        "</template>",
    ),
    "<svg>",
    "</svg>",
    "<svg/>",
    "<svg a=b/>",
    "<math>",
    "</math>",
    "<mi>",
    "</mi>",
    "<desc>",
    "</desc>",
    "<![CDATA[",
    "]]>",
    *(
        "<foreignObject>",
        "</foreignObject>",
        "<g>",
        "</g>",
        "<table><tr><td>",
        "</td></tr></table>",
        "<div>",
        "</div>",
        "<br/>",
        "<img alt=x>",
    ),
    *(
        "text",
        " ",
        "\n",
        "&amp;",
        "&lt;body>",
        "<",
        "< a href=x>",
        "</",
        "<a",
        "'",
        '"',
        ">",
        "<link href=https://l.example/>",
        "<meta charset=x>",
    ),
    *(
        "<area href=https://e.example/>",
        "<base href='https://f.example/'>",
        "</a>",
        "<a name=x>",
        "<A\fHREF\n=\t'https://g.example/'/>",
    ),
    *(
        "<a href=https://h.example/ HREF='https://i.example/'>",
        "<a x='href=1' =href=2 href>",
        "<a href=https://j.example/a/>",
        "<a/href='https://k.example/'x>",
    ),
)


@st.composite
def anchors(draw: st.DrawFn) -> str:
    """A link, its address within quotes of one kind, or none."""
    href = draw(st.sampled_from(HREFS))
    quote = draw(st.sampled_from(("'", '"', "")))
    if (quote == "'" and "'" in href) or (not quote and (not href or any(each in href for each in " \t\n>'"))):
        quote = '"'
    name = draw(st.sampled_from(("a", "A", "area", "a class=x", "a\n title='>'")))
    return f"<{name} {draw(st.sampled_from(('href', 'HREF', 'hRef')))}{draw(st.sampled_from(('=', ' = ')))}{quote}{href}{quote}>"


def pages() -> st.SearchStrategy[str]:
    """Whole pages."""
    return st.lists(st.one_of(st.sampled_from(PIECES), anchors()), max_size=14).map("".join)

"""Pages as no author should write them: whatever decides where links are, in any order.

``pages`` draws them for property tests, ``drawn_pages`` always the same ones, half of them as whole documents. Frames are left
out: a page of frames has no body, and no mailbox shows one.
"""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

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
    "https://a.example/?a=1&copy&reg=1&para=2&sect=3&curren=4&times;&timesbar;&lang=en&image=5",
    "https://a.example/?q=a+b&amp;amp;x=1&AMP;y&AMPz&lt&gt;&quot;",
    "https://a.example/&#x41&#65&#0000065;&#x1F600;&#128;&#x110000;&#99999999999;&#;&#x;&;&",
    "http:\\/a.example/a/../b/./c\\..\\d",
    "ht\ttps:/\n/a.exa\rmple/\ta\r\nb",
    "\x01\x02 https://a.example/ \x1f",
    "\u00a0https://a.example/",
    "https://a.example/\u00a0a\u2028b\u3000\u200d\u200b\ufeff",
    "https://a.example/\U0001f468\u200d\U0001f469\u200d\U0001f467?\u00fc#\u00fc",
    "https://fa\u00df.example/",
    "https://B\u00dcCHER.example:443/",
    "https://\u4f8b\u3048.example/",
    "https://ex\u00adample.example/",
    "https://a.example\u3002b/",
    "https://a%2eexample/",
    "http://[::1]:8080/x",
    "http://[2001:DB8:0:0::1]/",
    "http://[::1",
    "http://0x7f.1/",
    "http://127.1:80/",
    "http://256.1.1.1/",
    "https://user:p%40ss@a.example/",
    "https://us er:p:w@a.example/",
    "https://a.example@b.example/",
    "https://@a.example/",
    "https://a.example:/",
    "https://a.example:0/",
    "https://a.example:99999/",
    "https://a.example:8443/x",
    "https://",
    "https:///a.example/",
    "https:////a.example",
    "https:a.example",
    "https:/a.example",
    "http:?x",
    "https://a.example?x",
    "https://a.example#x",
    "https://a.example\\@b.example/",
    "https://a.example/%",
    "https://a.example/%zz%41%e9",
    "https://a.example/a|b^c{d}`e'f<g>\"h\"?'|^{}`<>#'|^{}`<>",
    "https://a.example/" + "x" * 2_000,
    "https://a.example/?q=" + "\u00e9" * 1_500,
    "https://a.example/" + "y" * 7_000,
    "mailto:a@a.example?subject=x&amp;body=y",
    "tel:+33 1 23",
    "sms:+33",
    "data:text/html,<a href='https://x.example'>",
    "myapp://open/1",
    "cid:x",
    "ftp://a.example/",
    "file:///etc/passwd",
    "about:blank",
    "x:y",
    ":",
    "?",
    "//",
    "\\\\c.example\\d",
    "www.a.example/b",
    "https://a.example/\x00b",
    "https://a\x00.example/",
    "https://a b.example/",
    "https://a.example,b/",
    "https://xn--bcher-kva.example/",
    "https://xn--a.example/",
    "&Tab;https&colon;//a.example&sol;x&NewLine;y",
    "https&#58;//b&uuml;cher.example",
    "HtTpS://A.Example/",
    "https://a.example/{x}",
    "https://-a-.example/",
    "https://a_b.example/",
    "https://a..example/",
    "https://a.example./",
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
    "<annotation-xml>",
    "<annotation-xml encoding='Text/HTML'>",
    "</annotation-xml>",
    "<font>",
    "<font color=x>",
    "</font>",
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
    "\ufeff",
    "\x00",
    "\r\n",
    "\r",
    "<plaintext>",
    "<a href=https://z.example/><a href=https://y.example/>",
    "<svg><a xlink:href='https://s.example/' href='https://t.example/?a&copy=1'><text>t</text></a></svg>",
    "<svg><a xlink:href=https://s.example/>s</a></svg>",
    "<svg><style><a href=https://v.example/></style></svg>",
    "<svg><title><a href=https://w.example/>w</a></title></svg>",
    "<math><mtext><a href=https://m.example/>m</a></mtext></math>",
    "<form action='https://f.example/?a&copy=1'>",
    "</form>",
    "<button formaction=https://f.example/>",
    "<input type=submit value='&copy'>",
    "<!--[if mso]><a href='https://mso.example/'>m</a><table><tr><td><![endif]-->",
    "<!--[if !mso]><!-->",
    "<!--<![endif]-->",
    "<!--[if mso]></td></tr></table><![endif]-->",
    "<![if !mso]><a href=https://n.example/>n</a><![endif]>",
    "<style>a{content:'<a href=https://x.example/>'}</style>",
    "<script>var a='<a href=https://x.example/>'</script>",
    "<title><a href=https://x.example/></title>",
    "<textarea><a href=https://x.example/></textarea>",
    "<a href='https://x.example/' href='https://y.example/'>",
    "<A HREF=HTTPS://X.EXAMPLE/?A&COPY=1>x</A>",
    "<a href=https://x.example/a\"b'c`d=e>",
    '<a href="https://x.example/"class=b>',
    "<a href='https://x.example/'/>",
    "<map name=m><area shape=rect coords=0,0,1,1 href=https://e.example/?a&reg=1></map>",
    "<img src='https://i.example/?a&copy=1' usemap=#m>",
    "<link rel=stylesheet href=https://l.example/>",
    "<a href=https://u.example/",
    '<a href="https://u.example/',
    "<p",
    "<b",
    "<i>",
    "</i>",
    "<b><p>",
    "</b>",
    "<ul><li>",
    "<table>",
    "<tr>",
    "<td>",
    "</table>",
    "<caption>",
    "<select><option>",
    "</select>",
    "<center>",
    "<h1>",
    "</h1>",
    "<pre>\n",
    "</pre>",
    "<base href=https://base.example/dir/>",
    "<base>",
    "<body bgcolor=#fff>",
    "<html xmlns:o=urn>",
    "<o:p></o:p>",
    "<v:rect href='https://v.example/'>",
    "<a:b href=https://x.example/>",
    "<noframes><a href=https://x.example/></noframes>",
    "<template><a href=https://t.example/>t</a></template>",
    "<dialog>",
    "<details><summary>s</summary>",
    "<object><a href=https://o.example/>o</a></object>",
    "<video>",
    "<br>",
    "<hr>",
    "&nbsp;",
    "&copy",
    "&copy;",
    "&region=",
    "&notit;",
    "&#0;",
    "{x}",
    "%",
    "<!doctype html PUBLIC '-//W3C//DTD XHTML 1.0 Transitional//EN' 'http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd'>",
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


def drawn_pages(count: int, seed: str) -> Iterator[str]:
    """The same pages for the same seed, on every machine; no body ends before its page does, so that nothing comes after it."""
    pieces = [each for each in PIECES if each not in ("</body>", "</html>")]
    for number in range(count):
        draw = Random(f"{seed} {number}")
        page = "".join(_anchor(draw) if draw.random() < 0.5 else draw.choice(pieces) for _ in range(draw.randint(1, 14)))
        if draw.random() < 0.5:
            head = draw.choice(("<title>t</title>", "<style>p{}</style>", "<!-- <body> -->", ""))
            page = f"<!DOCTYPE html>\n<html lang=en>\n<head>{head}</head>\n<body class=m>\n{page}\n</body>\n</html>\n"
            page = draw.choice(("", "", "\ufeff")) + (page.replace("\n", "\r\n") if draw.random() < 0.3 else page)
        yield page


def _anchor(draw: Random) -> str:
    href = draw.choice(HREFS)
    able = ['"'] * ('"' not in href) + ["'"] * ("'" not in href)
    able += [""] * (bool(href) and not any(each in href for each in " \t\n\f\r>'\""))
    quote = draw.choice(able or ['"'])
    name = draw.choice(("a", "A", "area", "a class=x", "a\n title='>'", "svg><a", "p><a"))
    words = draw.choice(("", "x", "<b>go</b>", "<img src=x alt=y>")) + draw.choice(("</a>", ""))
    return f"<{name} {draw.choice(('href', 'HREF', 'hRef'))}{draw.choice(('=', ' = '))}{quote}{href}{quote}>{words}"

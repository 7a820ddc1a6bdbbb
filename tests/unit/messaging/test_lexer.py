"""Our reading of templates gives what python-liquid's does; it is only never slow."""

from __future__ import annotations

from itertools import groupby

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from liquid.exceptions import LiquidSyntaxError
from liquid.lex import get_lexer
from liquid.token import TOKEN_CONTENT, Token

from relance.templates.lexer import tokens

theirs = get_lexer()
PIECES = (
    *(
        "{{",
        "}}",
        "{{-",
        "-}}",
        "{%",
        "%}",
        "{%-",
        "-%}",
        "{{ a }}",
        "{{- a -}}",
        "{{ a | f: 'x' }}",
        "{% if a %}",
        "{%- endif -%}",
    ),
    *(
        "{% raw %}",
        "{% endraw %}",
        "{%- raw -%}",
        "{%- endraw -%}",
        "{% doc %}",
        "{% enddoc %}",
        "{% comment %}",
        "{% endcomment %}",
    ),
    *(
        "{% comment x %}",
        "{%- comment -%}",
        "{%- endcomment -%}",
        "{% # note %}",
        "{%",
        "{",
        "}",
        "%",
        "-",
        "a",
        " ",
        "\n",
        "\n\n",
        "if",
        "raw",
        "x y",
    ),
    "{{}}",
    "{{ }}",
    "{{--}}",
    "{%if%}",
    "{% %}",
    "{% - %}",
    "{{{a}}}",
    "{% a -b-%}",
    "\t",
    "\u00a0",
    "é",
)


def said(found: list[Token]) -> list[tuple[str, str]]:
    """Tokens without their places; texts next to each other are one."""
    parts: list[tuple[str, str]] = []
    for kind, some in groupby(found, key=lambda token: token.kind):
        values = [token.value for token in some]
        parts += [(kind, "".join(values))] if kind == TOKEN_CONTENT else [(kind, value) for value in values]
    return parts


def read(lexer: object, source: str) -> list[tuple[str, str]] | None:
    try:
        return said(list(lexer(source)))  # type: ignore[operator]
    except LiquidSyntaxError:
        return None


@pytest.mark.slow
@settings(max_examples=1_000)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_the_same_tokens(source: str) -> None:
    source += "x"  # theirs takes white space off a line break at the very end, if a tag further up strips
    assert read(tokens, source) == read(theirs, source)


def test_places_are_those_of_the_source() -> None:
    source = "a {{- b | c }} {% if  d == 'e' -%} f {% liquid\n echo  g\n\n assign h = 1 %}"
    for token in tokens(source):
        if token.kind != TOKEN_CONTENT:
            assert source.startswith(token.value, token.start_index), token

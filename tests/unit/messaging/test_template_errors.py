"""What is wrong with a template is said in our words, with its line; Liquid's own text reaches nobody."""

from __future__ import annotations

import pytest

from relance.core.error_text import ErrorText
from relance.templates.engine import fill, parse
from relance.templates.errors import TemplateError


@pytest.mark.parametrize(
    ("template", "reason", "sentence"),
    [
        ("{% if a %}x", "tag_unclosed", "A tag is not closed: {% endif %} is missing."),
        ("a\n{% foo %}", "tag_unexpected", "Line 2: the tag 'foo' does not exist, or is not expected there."),
        ("{% endif %}", "tag_unexpected", "Line 1: the tag 'endif' does not exist, or is not expected there."),
        ("{{ a | }}", "liquid_cut_off", "An output or a tag of the template breaks off: it is not valid Liquid."),
        ("\n\n{{ a", "liquid_invalid", "Line 3: this is not valid Liquid at '{{ a'."),
        ("{% for x of y %}{% endfor %}", "liquid_invalid", "Line 1: this is not valid Liquid at 'of'."),
        ("{{ a | upcas }}", "template_filter_unknown", "There is no filter 'upcas'."),
        ("{% include 'x' %}", "template_includes", "A template cannot include another one."),
        ("{% liquid\n! %}", "liquid_lines", "Within {% liquid %} every line must begin with the name of a tag."),
    ],
)
def test_a_template_that_is_no_liquid(template: str, reason: str, sentence: str) -> None:
    with pytest.raises(TemplateError) as caught:
        parse(template, html=False)
    assert isinstance(caught.value.text, ErrorText)
    assert (caught.value.text.reason, caught.value.message) == (reason, sentence)


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{ 1 | divided_by: 0 }}", "filter_fails"),
        ("{{ 'a' | truncate: 'x' }}", "filter_fails"),
        ("{{ 'x' | slice: 'a' }}", "filter_fails"),
        ("{{ 'x' | upcase: 1 }}", "filter_fails"),
        ("{% for i in (1..99999999) %}{% endfor %}", "range_numbers"),
        ("{{ 'a' | strip_html: 1, 2, 3 }}", "filter_fails"),
    ],
)
def test_a_template_that_fails_for_somebody(template: str, reason: str) -> None:
    with pytest.raises(TemplateError) as caught:
        fill(template, {})
    assert caught.value.text.reason.removesuffix("_in_line") == reason
    assert "argument" not in caught.value.message

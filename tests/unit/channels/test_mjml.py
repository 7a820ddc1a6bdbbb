"""MJML made into HTML: Liquid stays where it stood, faults have a place, and no text takes long."""

from __future__ import annotations

import time

import pytest

from relance.channels.content import check_content
from relance.channels.email.content import EmailContent
from relance.channels.email.mjml import compiled
from relance.channels.errors import ContentInvalidError
from relance.templates.engine import fill
from relance.templates.errors import TemplateError


def body(text: str) -> str:
    return f"<mjml>\n<mj-body>{text}</mj-body>\n</mjml>"


def words(text: str) -> str:
    return body(f"<mj-section><mj-column><mj-text>{text}</mj-text></mj-column></mj-section>")


def refused(source: str) -> str:
    with pytest.raises(ContentInvalidError) as raised:
        compiled(source)
    assert raised.value.data["path"] == "content.mjml"
    return raised.value.message


def test_liquid_stays_as_it_is_wherever_it_stands() -> None:
    page = compiled(
        body(
            "{% for product in event.products %}\n<mj-section>{% if product.name > 'A' and 1 < 2 %}<mj-column>"
            '<mj-text>{{ product.name | append: "!" }}</mj-text>'
            '<mj-button href="{{ product.url | default: "https://a.example" }}">Go</mj-button>'
            "</mj-column>{% endif %}</mj-section>{% endfor %}"
        )
    )
    products = [{"name": "Tea & Cups", "url": "https://shop.example/tea"}, {"name": "Cake"}]
    shown = fill(page, {"event": {"products": products}}, html=True)
    assert "Tea &amp; Cups!" in shown
    assert "Cake!" in shown
    assert 'href="https://shop.example/tea"' in shown
    assert 'href="https://a.example"' in shown
    assert "{" not in shown.partition("<body")[2]
    assert fill(page, {"event": {}}, html=True).count("Go</a>") == 0


def test_nothing_is_loaded_from_elsewhere() -> None:
    assert "fonts.googleapis" not in compiled(words("Hello"))
    for path in ("/etc/passwd", "https://example.com/x.mjml", "header.mjml"):
        assert "mj-include is not supported" in refused(body(f'<mj-include path="{path}" />'))


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (words("a<p>b"), "Line 2, column 47: <p> is not closed before this place."),
        (words("{{ user.name }}\n\n {% if a %}<p>b</div>"), "Line 4, column 16: <p> is not closed"),
        (words("</p>"), "<mj-text> is not closed before this place."),
        (body("\n  <mj-sectoin />"), "Line 3, column 3: MJML has no element 'mj-sectoin'."),
        (body("<mj-section a=1 />"), "Line 2, column 10: Each attribute of 'mj-section' must have a value in quotes"),
        (words("1 < 2"), "Line 2, column 44: This cannot be read as a tag."),
        (body("<mj-section>\n Hello</mj-section>"), "Line 3, column 2: Text cannot stand directly in 'mj-section'"),
        (body("{{ a }}\n<mj-column><mj-navbar>\n<mj-text></mj-text></mj-navbar></mj-column>"), "Line 4, column 1: This element"),
        ("<p>Hello</p>", "Line 1, column 1: This element cannot stand here."),
        ("", "It cannot be read as MJML"),
        ('<?xml version="1.0"?><mjml></mjml>', "Line 1, column 1: This cannot be read as a tag."),
        ("<mjml><mj-body>", "<mj-body> is not closed"),
        (words("\x00"), "cannot be read as a tag"),
    ],
)
def test_a_fault_is_told_with_its_place(source: str, said: str) -> None:
    assert said in refused(source)


@pytest.mark.parametrize(
    "source",
    [
        words("<div>" * 16_000),  # the compiler would end the process
        body("<mj-wrapper>" * 4_000),
        body("<mj-section><mj-column><mj-carousel>" + '<mj-carousel-image src="a" />' * 3_000),  # 263 MB
        body("<mj-section />" * 6_000),
        body("<mj-wrapper>" + "<mj-section />" * 2_900 + "</mj-wrapper>"),
        words("{{" * 49_000),
        words("{% " * 16_000 + "{{ " * 16_000),
        words('<a b="' * 16_000),
        words("<!--" * 24_000),
        words("x" * 200_000),
    ],
)
def test_whatever_is_written_takes_little_time_and_room(source: str) -> None:
    began = time.process_time()
    with pytest.raises((ContentInvalidError, TemplateError)):
        check_content(EmailContent(subject="Hi", mjml=source))
    assert time.process_time() - began < 1.0


def test_a_message_takes_html_or_mjml() -> None:
    check_content(EmailContent(subject="Hi", mjml=words("Hello {{ user.first_name }}")))
    with pytest.raises(ContentInvalidError, match="either html or mjml"):
        check_content(EmailContent(subject="Hi", mjml=words("Hello"), html="<p>Hello"))


def test_links_in_it_are_the_authors_own() -> None:
    """Their hosts may be led through tracked links, as those of HTML may."""
    content = EmailContent(subject="Hi", mjml=words('<a href="https://shop.example/x">x</a>'))
    assert any("https://shop.example/x" in template.source for template in content.templates())

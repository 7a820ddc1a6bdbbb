"""Snippets of templates: what they see, what they need, and their bounds."""

from __future__ import annotations

from typing import Any

import pytest

from relance.templates.engine import fill
from relance.templates.errors import TemplateError, ValueMissingError
from relance.templates.snippets import MOST_CHARACTERS, MOST_DEEP, needed, rendered_in
from relance.templates.variables import variables_of

SNIPPETS = {
    "footer": "{{ app.name }} {{ user.city }}",
    "card": "<b>{{ card.name }}</b>",
    "cards": "{% for each in items %}{% render 'card' with each as card %}{% endfor %}",
    "sets": "{% assign n = 'inner' %}{{ n }}",
    "must": "{{ user.code | required }}",
}
VALUES: dict[str, Any] = {
    "app": {"name": "Shop"},
    "user": {"city": "Lille"},
    "event": {"products": [{"name": "<Hat>"}, {"name": "Shoe"}]},
}


def rendered(source: str, *, html: bool = False, **more: Any) -> str:
    return fill(source, VALUES, html=html, snippets=SNIPPETS, **more)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("Bye, {% render 'footer' %}", "Bye, Shop Lille"),
        ("{% render 'card', card: event.products[1] %}", "<b>Shoe</b>"),
        ("{% render 'card' with event.products[1] %}", "<b>Shoe</b>"),
        ("{% render 'card' for event.products %}", "<b><Hat></b><b>Shoe</b>"),
        ("{% render 'cards', items: event.products %}", "<b><Hat></b><b>Shoe</b>"),
        ("{% assign n = 'outer' %}{% render 'sets' %} {{ n }}", "inner outer"),
        ("{% assign card = event.products[1] %}{% render 'card' %}", "<b></b>"),
    ],
)
def test_a_snippet_sees_what_the_message_sees_and_what_it_is_given(source: str, text: str) -> None:
    assert rendered(source) == text


def test_what_is_put_in_is_escaped_in_html_and_what_the_snippet_says_is_not() -> None:
    assert rendered("{% render 'card', card: event.products[0] %}", html=True) == "<b>&lt;Hat&gt;</b>"


def test_values_are_required_and_missed_within_it_too() -> None:
    with pytest.raises(ValueMissingError):
        rendered("{% render 'must' %}")
    with pytest.raises(ValueMissingError):
        rendered("{% render 'card' %}", all_required=True)
    missing: list[str] = []
    rendered("{% render 'card' %}", missing=missing)
    assert missing == ["card"]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("{% render 'none' %}", "snippet_unknown"),
        ("{% render footer %}", "snippet_unquoted"),
        ("{% render user.name %}", "liquid_invalid"),
        ("{% include 'footer' %}", "template_includes"),
    ],
)
def test_what_is_no_snippet_is_refused(source: str, reason: str) -> None:
    with pytest.raises(TemplateError) as error:
        rendered(source)
    assert error.value.text.reason == reason


def test_the_work_of_snippets_is_the_messages_own() -> None:
    loops = {"inner": "{% for a in (1..2000) %}{{ a }}{% endfor %}", "none": ""}
    for source in (
        "{% for a in (1..2000) %}{% render 'inner' %}{% endfor %}",
        "{% for a in (1..9999) %}{% render 'none' %}{% endfor %}",
    ):
        for _ in range(4):
            with pytest.raises(TemplateError):
                fill(source, {}, snippets=loops)
    assert fill("{% for a in (1..9999) %}{% render 'none' %}{% endfor %}"[:0] or "{% render 'none' %}", {}, snippets=loops) == ""


def test_a_template_that_was_too_much_work_is_another_one_with_another_snippet() -> None:
    source = "{% render 'it' %} of its own"
    heavy = {"it": "{% for a in (1..9999) %}{{ a | append: 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx' }}{{ a }}{{ a }}{% endfor %}"}
    heavy["it"] *= 4
    for _ in range(5):
        with pytest.raises(TemplateError):
            fill(source, {}, snippets=heavy)
    assert fill(source, {}, snippets={"it": "light"}) == "light of its own"


def test_what_a_template_needs_is_found_wherever_it_stands() -> None:
    source = "{% if a %}{% for b in c %}{% render 'cards' %}{% endfor %}{% else %}{% liquid\n render 'footer' \n%}{% endif %}"
    assert rendered_in(source) == {"cards", "footer"}
    assert rendered_in("no {% comment %}{% render 'x' %}{% endcomment %} {{ 'render' }}") == frozenset()
    assert needed([source], SNIPPETS) == {name: SNIPPETS[name] for name in ("card", "cards", "footer")}
    assert variables_of("{% render 'cards', items: last_cart.products %}", html=False) == {("last_cart", "products")}


def test_what_could_never_end_or_is_too_much_is_refused() -> None:
    chain = {f"s{number}": f"{{% render 's{number + 1}' %}}" for number in range(MOST_DEEP)} | {f"s{MOST_DEEP}": "end"}
    assert len(needed(["{% render 's1' %}"], chain)) == MOST_DEEP
    endless = {f"s{number}": f"{{% render 's{number + 1}' %}}" for number in range(1_000)} | {"s1000": ""}
    everything = "".join(f"{{% render 'w{number}' %}}" for number in range(100))
    wide = {f"w{number}": everything.partition(f"{{% render 'w{number}' %}}")[2] for number in range(100)}
    circle = {"a": "{% render 'b' %}", "b": "{% if x %}{% render 'a' %}{% endif %}"}
    long = {"long": "x" * (MOST_CHARACTERS + 1)}
    for source, known, reason in (
        ("{% render 's0' %}", chain, "snippet_depth"),
        ("{% render 's0' %}", endless, "snippet_depth"),
        ("{% render 'w0' %}", wide, "snippet_depth"),
        ("{% render 'a' %}", circle, "snippet_cycle"),
        ("{% render 'long' %}", long, "snippets_length"),
        ("{% render 'c' %}", {"c": "{% render 'none' %}"}, "snippet_unknown"),
    ):
        with pytest.raises(TemplateError) as error:
            needed([source], known)
        assert error.value.text.reason == reason

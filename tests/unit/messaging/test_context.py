"""What templates name is found by looking at them, and told from what was read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.accounts.model import App, AppSettings, ShopEvents
from relance.channels.content import ContentTemplate
from relance.channels.errors import ContentInvalidError
from relance.messaging.context.known import Read, counted_events, known_of, segment_of
from relance.messaging.context.names import MOST_EVENT_NAMES, NOTHING, NamedValues, names_in
from relance.messaging.recent.model import LONGEST, Recent, count_after, happened, joined, pack, signed, unpack, unsigned
from relance.users.reach import KnownFacts

APP = App(1, "Shop", "shop", AppSettings(site="https://shop.example", currency="EUR", logo="data:…"), 0, 1)


def names(*sources: str) -> NamedValues:
    return names_in(tuple(ContentTemplate(f"field{number}", source) for number, source in enumerate(sources)))


@pytest.mark.parametrize(
    "source",
    [
        "Hello",
        "{{ user.first_name }} {{ event.products[0].name }} {{ app.name }} {{ app.id }} {{ subscription.address }}",
        "{% for facts in event.facts %}{{ facts.city }}{% endfor %}",
        "{% assign last_cart = event.cart %}{{ last_cart.total }}",
        "{{ 'facts.city' }} {% comment %}{{ last_viewed.name }}{% endcomment %}",
    ],
)
def test_a_message_that_names_nothing_costs_nothing(source: str) -> None:
    assert names(source) is NOTHING


def test_what_is_named_is_found_wherever_it_stands() -> None:
    found = names(
        "{% if facts.city %}{{ last_viewed.name }}{% endif %}",
        "{% for each in last_cart.products %}{{ each.name }}{% endfor %} {{ segment['name'] | upcase }}",
        "{% assign n = since_last_visit['Connection Made'].count %}{% case since_last_visit.likes.count %}"
        "{% when n %}{% endcase %}",
        "{{ app.site }}{{ app['currency'] }} {{ subscription.device.model }}",
    )
    assert found.whole == {"facts", "last_viewed", "last_cart", "segment"}
    assert found.counted == {"Connection Made", "likes"}
    assert found.app == {"site", "currency"}
    assert found.device


@pytest.mark.parametrize(
    "source",
    [
        "{{ since_last_visit }}",
        "{{ since_last_visit[event.name].count }}",
        "{% assign s = since_last_visit %}",
        "{{ since_last_visit[0] }}",
    ],
)
def test_what_is_counted_must_be_written_out(source: str) -> None:
    with pytest.raises(ContentInvalidError) as error:
        names("", source)
    assert (error.value.text.reason, error.value.data["path"]) == ("counted_event_unnamed", "content.field1")


def test_one_message_counts_so_many_events_at_most() -> None:
    counting = [f"{{{{ since_last_visit['e{number}'].count }}}}" for number in range(MOST_EVENT_NAMES + 1)]
    assert len(names("".join(counting[1:])).counted) == MOST_EVENT_NAMES
    with pytest.raises(ContentInvalidError) as error:
        names(*counting)
    assert error.value.text.reason == "counted_events"


def test_the_shops_names_say_what_is_kept() -> None:
    settings = AppSettings(shop_events=ShopEvents(viewed=("seen",), cart=("cart", "seen"), cart_over=("bought",)))
    assert counted_events(names("{{ last_viewed.name }}"), settings) == {"seen": False}
    assert counted_events(names("{{ last_cart.total }}"), settings) == {"cart": False, "seen": False, "bought": False}
    both = names("{{ last_viewed.name }}{{ since_last_visit.seen.count }}")
    assert counted_events(both, settings) == {"seen": True}
    assert counted_events(names("{{ facts.city }}"), settings) == {}


def recent(*events: tuple[int, str]) -> Recent:
    found = [happened(at, f"{at}{said}", f'{{"said":"{said}"}}') for at, said in events]
    whole = found[0]
    for each in found[1:]:
        whole = joined(whole, each, counted=True)
    return whole


def test_what_is_told_is_what_was_named() -> None:
    read = Read(
        KnownFacts({"city": "Lille"}, 1_000),
        {
            "Product Viewed": recent((500, "shoe"), (400, "hat")),
            "Cart Updated": recent((700, "cart")),
            "likes": recent((900, "a"), (1_000, "b"), (1_001, "c"), (1_002, "d")),
        },
        (7, "Regulars"),
        {"model": "Pixel"},
    )
    source = (
        "{{ facts.city }}{{ segment.name }}{{ last_viewed.said }}{{ last_cart.said }}{{ since_last_visit.likes.count }}"
        "{{ since_last_visit.none.count }}{{ app.site }}{{ subscription.device.model }}"
    )
    assert known_of(names(source), APP, read) == {
        "facts": {"city": "Lille"},
        "segment": {"id": 7, "name": "Regulars"},
        "last_viewed": {"at": "1970-01-01T00:00:00.500Z", "said": "shoe"},
        "last_cart": {"at": "1970-01-01T00:00:00.700Z", "said": "cart"},
        "since_last_visit": {
            "likes": {"count": 2, "more": False, "last": {"at": "1970-01-01T00:00:01.002Z", "said": "d"}},
            "none": {"count": 0},
        },
        "app": {"site": "https://shop.example"},
        "subscription": {"device": {"model": "Pixel"}},
    }
    assert known_of(names("{{ app }}"), APP, read)["app"].keys() == {"site", "language", "currency", "timezone"}
    assert known_of(names("{{ last_viewed.said }}"), APP, Read()) == {}


@pytest.mark.parametrize(
    ("data", "number"),
    [
        ('{"segment":7}', 7),
        ('{"segment":7,"person":3}', 7),
        ('{"segment":"7"}', None),
        ('{"segment":true}', None),
        ('{"segment":7,"total":3}', None),
        ('{"note":"\\"segment\\""}', None),
        ('["segment"]', None),
        ("{}", None),
    ],
)
def test_the_segment_is_that_of_an_event_about_nothing_else(data: str, number: int | None) -> None:
    assert segment_of(data) == number


EVENTS = st.lists(st.tuples(st.integers(0, 5), st.sampled_from("abc")), min_size=1, max_size=12)


@given(one=EVENTS, other=EVENTS, third=EVENTS, counted=st.booleans())
def test_joining_asks_neither_for_order_nor_how_often(
    one: list[tuple[int, str]], other: list[tuple[int, str]], third: list[tuple[int, str]], counted: bool
) -> None:
    a, b, c = (recent(*each) for each in (one, other, third))
    left = joined(joined(a, b, counted=counted), c, counted=counted)
    assert left == joined(a, joined(c, b, counted=counted), counted=counted) == joined(left, b, counted=counted)
    everything = {*one, *other, *third}
    assert left.last[0] == max(at for at, _ in everything)
    if counted:
        assert count_after(left, 2) == sum(at > 2 for at, _ in everything)
        assert unpack(pack(left.instants)) == left.instants


def test_what_is_kept_is_bounded() -> None:
    whole = recent(*((at, "x") for at in range(300)))
    assert (len(whole.instants), count_after(whole, 0), whole.last[0]) == (100, 100, 299)
    assert happened(1, "k", b'{"a":"' + b"x" * LONGEST + b'"}').properties == "{}"
    known = known_of(names("{{ since_last_visit.e.count }}"), APP, Read(KnownFacts({}, 5), {"e": whole}))
    assert known["since_last_visit"]["e"]["more"] is True


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_numbers_are_stored_in_their_order(one: int, other: int) -> None:
    assert unsigned(signed(one)) == one
    assert (signed(one) < signed(other)) is (one < other)
    assert -(2**63) <= signed(one) < 2**63

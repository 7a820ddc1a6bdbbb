"""Dates as the reader writes them, and values that a message cannot do without."""

from __future__ import annotations

import pytest

from relance.templates.dates import Reader, reader
from relance.templates.engine import fill
from relance.templates.errors import ValueMissingError

NOW = 1_796_000_000_000  # 2026-11-30T00:53:20Z
PARIS = reader("Europe/Paris", "fr-FR", NOW)
TOKYO = reader("Asia/Tokyo", "ja", NOW)
AT = {"at": "2026-11-29T23:30:00Z", "day": "2026-03-01", "wall": "2026-03-01T09:00", "seconds": 1_796_000_000, "ms": NOW}


@pytest.mark.parametrize(
    ("who", "source", "text"),
    [
        (PARIS, "{{ at | date: '%A %-d %B %Y, %H:%M' }}", "lundi 30 novembre 2026, 00:30"),
        (PARIS, "{{ at | date: 'long' }}", "30 novembre 2026"),
        (TOKYO, "{{ at | date: 'long' }}", "2026年11月30日"),
        (reader("America/New_York", "en-US", NOW), "{{ at | date: '%a %b %e %I:%M %p' }}", "Sun Nov 29 06:30 PM"),
        (PARIS, "{{ day | date: '%A' }}", "dimanche"),
        (TOKYO, "{{ wall | date: '%H:%M' }}", "09:00"),
        (PARIS, "{{ seconds | date: '%F %T' }} {{ ms | date: '%F %T' }}", "2026-11-30 01:53:20 2026-11-30 01:53:20"),
        (PARIS, "{{ 'now' | date: '%F' }} {{ now | date: '%H' }} {{ today }}", "2026-11-30 01 2026-11-30"),
        (reader("No/Zone", "xx-nothing", NOW), "{{ at | date: '%A %H:%M' }}", "Sunday 23:30"),
        (reader(None, "zh-Hant-TW", NOW), "{{ at | date: '%B' }}", "11月"),
        (PARIS, "{{ 'tomorrow or so' | date: '%Y' }}{{ nothing | date: '%Y' }}", "tomorrow or so"),
    ],
)
def test_dates(who: Reader, source: str, text: str) -> None:
    assert fill(source, AT, reader=who) == text


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("{{ user.first_name | required }}", "user.first_name"),
        ("{{ user.address.city | required | upcase }}", "user.address"),
        ("{{ user.white | required }}", "user.white"),
        ("{{ user.x | required: 'your name' }}", "your name"),
        ("{% assign a = user.x | required %}", "user.x"),
        ("{% echo nothing | required %}", "nothing"),
    ],
)
def test_what_is_required_holds_the_message_back(source: str, name: str) -> None:
    with pytest.raises(ValueMissingError, match=f"^{name} is missing$"):
        fill(source, {"user": {"white": "  "}})


def test_a_message_may_require_all_it_puts_out() -> None:
    values = {"user": {"name": "Ada", "zero": 0, "no": False}}
    asks = (
        "{% if user.x %}x{% endif %}{% assign y = user.y %}{{ user.z | default: '-' }}{{ user.name }}{{ user.zero }}{{ user.no }}"
    )
    assert fill(asks, values, all_required=True) == "-Ada0false"
    assert fill("{{ user.x }}", values) == ""
    for source in ("{{ user.x }}", "{{ user.x | append: '!' }}", "{% assign y = user.x %}{{ y }}"):
        with pytest.raises(ValueMissingError):
            fill(source, values, all_required=True)

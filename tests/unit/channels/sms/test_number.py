"""Phone numbers: one spelling for each, and a reason for what is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.channels.sms.kind import SMS
from relance.channels.sms.number import check_number, read_number, zone_of_number
from relance.core.errors import InvalidError


@pytest.mark.parametrize(
    ("given", "country", "number"),
    [
        ("+33 6 12 34 56 78", None, "+33612345678"),
        ("0033612345678", "FR", "+33612345678"),
        ("06.12.34.56.78", "FR", "+33612345678"),
        ("(0)6-12-34-56-78", "FR", "+33612345678"),
        ("٠٦١٢٣٤٥٦٧٨", "FR", "+33612345678"),
        ("tel:+33612345678", None, None),
        ("+1 415 867 5309", "FR", "+14158675309"),
        ("415-867-5309", "US", "+14158675309"),
        ("06 12 34 56 78", None, None),
        ("06 12 34 56 78", "France", None),
        ("06 12 34 56 78", "ZZ", None),
        ("+33 1 42 68 53 00", None, None),
        ("+33 800 12 34 56", None, None),
        ("+33612345678 ext. 5", None, None),
        ("1-800-FLOWERS", "US", None),
        ("+33", None, None),
        ("", "FR", None),
        ("+" + "3" * 400, None, None),
        (33612345678, None, None),
        (None, "FR", None),
    ],
)
def test_a_number_is_read_by_its_country(given: object, country: str | None, number: str | None) -> None:
    assert read_number(given, country) == number


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("0612345678", "phone_country"),
        ("hello", "phone_unreadable"),
        ("+336123", "phone_invalid"),
        ("+33142685300", "phone_no_sms"),
    ],
)
def test_what_is_wrong_is_said(given: str, reason: str) -> None:
    with pytest.raises(InvalidError) as caught:
        check_number(given)
    assert (caught.value.text.reason, caught.value.data["path"]) == (reason, "phone")


@given(
    st.one_of(st.text(max_size=40), st.from_regex(r"\+?[0-9 ().\-]{0,20}", fullmatch=True)),
    st.sampled_from([None, "FR", "US", "DE"]),
)
def test_what_is_read_once_stays_as_it_is(text: str, country: str | None) -> None:
    number = read_number(text, country)
    if number is not None:
        assert read_number(number) == number == SMS.canonical_address(number)
        assert SMS.is_address(number)


@pytest.mark.parametrize(
    ("number", "zone"),
    [
        ("+33612345678", "Europe/Paris"),
        ("+12125550123", "America/New_York"),
        ("+447911123456", "Europe/Guernsey"),  # of four whose clocks agree
        ("+262692123456", None),  # Réunion or Mayotte
        ("+34612345678", None),  # the Canaries are an hour behind
        ("+61412345678", None),
        ("nobody", None),
    ],
)
def test_a_number_shows_its_zone_where_there_is_one(number: str, zone: str | None) -> None:
    assert zone_of_number(number) == zone
    assert SMS.zone_of(number) == zone

"""Twilio's signatures: the vectors of its own documentation and libraries."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from relance.channels.sms.signature import is_signed, sign_request
from tests.providers.fake_twilio import signature

URL = "https://mycompany.com/myapp.php?foo=1&bar=2"


def form(caller: str) -> list[tuple[str, str]]:
    return [("Digits", "1234"), ("To", "+18005551212"), ("From", caller), ("Caller", caller), ("CallSid", "CA1234567890ABCDE")]


@pytest.mark.parametrize(
    ("caller", "signed"),
    [("+14158675309", "RSOYDt4T1cUTdK1PDd93/VVr8B8="), ("+12349013030", "0/KCTR6DLpKmkAf8muzZqo1nDgQ=")],
)
def test_the_published_vectors(caller: str, signed: str) -> None:
    assert sign_request("12345", URL, form(caller)) == signed
    assert is_signed("12345", URL, form(caller), signed)


def test_anything_else_is_forged() -> None:
    good = sign_request("12345", URL, form("+14158675309"))
    assert not is_signed("12346", URL, form("+14158675309"), good)
    assert not is_signed("12345", URL + "&x=1", form("+14158675309"), good)
    assert not is_signed("12345", URL, form("+14158675308"), good)
    assert not is_signed("12345", URL, form("+14158675309")[1:], good)
    for wrong in ("", good[:-1], good.lower(), "é", "\udcff"):
        assert not is_signed("12345", URL, form("+14158675309"), wrong)
    assert not is_signed("", URL, [], sign_request("", URL, []))


@pytest.mark.parametrize("named", ["https://r.example/p/1/t/status?d=1", "https://r.example:443/p/1/t/status?d=1"])
def test_the_standard_port_may_be_named_or_not(named: str) -> None:
    signed = sign_request("k", named, [("a", "b")])
    assert is_signed("k", "https://r.example/p/1/t/status?d=1", [("a", "b")], signed)


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=20), max_size=6), st.text(min_size=1, max_size=20))
def test_it_is_what_twilios_words_say(fields: dict[str, str], token: str) -> None:
    assert sign_request(token, URL, fields.items()) == signature(URL, fields, token)

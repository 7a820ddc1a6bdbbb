"""Where a webhook may be posted to, and how it is signed."""

from __future__ import annotations

from base64 import b64decode

import pytest

from relance.channels.posting_address import check_address
from relance.channels.standard_webhooks import PREFIX, new_secret, sign
from relance.core.errors import InvalidError


def test_the_signature_is_that_of_the_specification() -> None:
    """The example of the Standard Webhooks specification."""
    body = b'{"event_type":"ping","data":{"success":true}}'
    signed = sign("whsec_plJ3nmyCDGBKInavdOK15jsl", "msg_loFOjxBNrRLzqYUf", 1731705121, body)
    assert signed == {
        "webhook-id": "msg_loFOjxBNrRLzqYUf",
        "webhook-timestamp": "1731705121",
        "webhook-signature": "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=",
    }


def test_secrets_differ_and_are_as_long_as_the_specification_asks() -> None:
    first, second = new_secret(), new_secret()
    assert first != second
    assert first.startswith(PREFIX)
    assert 24 <= len(b64decode(first.removeprefix(PREFIX))) <= 64


@pytest.mark.parametrize("address", ["https://crm.example/in?x=1", "https://8.8.8.8/", "https://crm.example:8443/in"])
def test_public_addresses_over_https_are_allowed(address: str) -> None:
    assert str(check_address(address, private=False)) == address


@pytest.mark.parametrize(
    "address", ["http://crm.example/", "https://10.0.0.5/", "https://localhost/", "https://127.1/", "https://[::1]/"]
)
def test_private_ones_are_allowed_only_where_the_setting_says_so(address: str) -> None:
    with pytest.raises(InvalidError) as caught:
        check_address(address, private=False)
    assert caught.value.data == {"path": "url"}
    assert check_address(address, private=True)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "crm.example",
        "ftp://crm.example/",
        "https://",
        "https://a:b@crm.example/",
        "https://x:99999/",
        "https://x:0/",
        "https://x..y/",
        "https://xn--/",
        "https://" + "a" * 64 + ".example/",
        "https://" + "a" * 3_000,
    ],
)
def test_what_is_no_address_is_refused_everywhere(address: str) -> None:
    for private in (False, True):
        with pytest.raises(InvalidError):
            check_address(address, private=private)

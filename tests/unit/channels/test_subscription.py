"""What is a push subscription, and where may a push be posted."""

from __future__ import annotations

import msgspec
import pytest

from relance.channels.web_push.subscription import check_endpoint, read_subscription
from relance.core.errors import InvalidError

P256DH = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
SANDBOX = "http://127.0.0.1:8400/sandbox/push/"


def browser(**changes: object) -> dict[str, object]:
    return {"endpoint": "https://push.example/x", "expirationTime": None, "keys": {"p256dh": P256DH, "auth": AUTH}} | changes


def test_an_object_and_its_text_give_the_same_subscription() -> None:
    found = read_subscription(browser())
    assert read_subscription(msgspec.json.encode(browser())) == found
    assert read_subscription(msgspec.json.encode(browser()).decode()) == found
    assert (len(found.p256dh), len(found.auth)) == (65, 16)


def test_padded_and_standard_base64_are_read_too() -> None:
    padded = {"p256dh": P256DH.replace("-", "+").replace("_", "/") + "=", "auth": AUTH + "=="}
    assert read_subscription(browser(keys=padded)) == read_subscription(browser())


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ("no json", ""),
        (b"\xff", ""),
        ("[1]", ""),
        (browser(endpoint=""), "endpoint"),
        (browser(endpoint=3), "endpoint"),
        (browser(endpoint="https://push.example/" + "x" * 2048), "endpoint"),
        (browser(keys=None), "keys"),
        (browser(keys={"p256dh": P256DH}), "keys.auth"),
        (browser(keys={"p256dh": P256DH, "auth": "é"}), "keys.auth"),
        (browser(keys={"p256dh": P256DH[:-4], "auth": AUTH}), "keys.p256dh"),
        (browser(keys={"p256dh": "B" + "A" * 86, "auth": AUTH}), "keys.p256dh"),
    ],
)
def test_anything_else_is_refused_by_the_name_of_its_field(value: object, path: str) -> None:
    with pytest.raises(InvalidError) as refusal:
        read_subscription(value)  # type: ignore[arg-type]
    assert refusal.value.data["path"] == path


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://fcm.googleapis.com/fcm/send/abc:def",
        "https://updates.push.services.mozilla.com/wpush/v2/x",
        "https://8.8.8.8/x",
        "https://push.example:8443/x?y=1",
        f"{SANDBOX}abc",
    ],
)
def test_public_https_endpoints_and_the_sandbox_may_be_posted_to(endpoint: str) -> None:
    assert str(check_endpoint(endpoint, (SANDBOX,))) == endpoint


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example/x",
        "ftp://push.example/x",
        "file:///etc/passwd",
        "//push.example/x",
        "push",
        "",
        "https://",
        "https://127.0.0.1/x",
        "https://127.1/x",
        "https://2130706433/x",
        "https://0x7f000001/x",
        "https://10.0.0.8/x",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://[fd00::1]/x",
        "https://localhost/x",
        "https://a.localhost./x",
        "https://me:secret@push.example/x",
        "https://push.example:99999/x",
        "http://127.0.0.1:8400/sandbox/push/../../api/v1/apps",
        "http://127.0.0.1:8400/sandbox/push/%2e%2e/%2e%2e/api/v1/apps",
        "http://127.0.0.1:8400/sandbox/pushy",
        "http://127.0.0.1:8400.evil.example/sandbox/push/x",
        "http://127.0.0.1:8400@evil.example/sandbox/push/x",
    ],
)
def test_no_endpoint_leads_inside(endpoint: str) -> None:
    with pytest.raises(InvalidError):
        check_endpoint(endpoint, (SANDBOX,))

"""The application server's key file and its tokens."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from relance.channels.sandbox.push import RefusedPushError, check_sender
from relance.channels.web_push.encryption import public_point
from relance.channels.web_push.vapid import RENEW_SECONDS, TOKEN_SECONDS, VapidSigner, from_base64url, load_key, to_base64url

NOW = 1_790_000_000.0
ORIGIN = "https://push.example"


@pytest.fixture(scope="module")
def key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def test_a_push_service_accepts_the_token(key: ec.EllipticCurvePrivateKey) -> None:
    identity = VapidSigner(key, "mailto:a@example.com")
    check_sender(identity.authorization(ORIGIN, NOW), ORIGIN, identity.public_key, NOW)
    assert from_base64url(identity.public_key) == public_point(key.public_key())


def test_a_token_is_kept_per_origin_until_it_nears_its_end(key: ec.EllipticCurvePrivateKey) -> None:
    identity = VapidSigner(key, "mailto:a@example.com")
    first = identity.authorization(ORIGIN, NOW)
    assert identity.authorization(ORIGIN, NOW + TOKEN_SECONDS - RENEW_SECONDS - 1) is first
    assert identity.authorization("https://other.example", NOW) != first
    later = identity.authorization(ORIGIN, NOW + TOKEN_SECONDS - RENEW_SECONDS)
    assert later != first
    check_sender(later, ORIGIN, "", NOW + TOKEN_SECONDS)


def test_a_wrong_audience_time_key_or_signature_is_refused(key: ec.EllipticCurvePrivateKey) -> None:
    identity = VapidSigner(key, "mailto:a@example.com")
    good = identity.authorization(ORIGIN, NOW)
    other = VapidSigner(ec.generate_private_key(ec.SECP256R1()), "mailto:a@example.com")
    forged = good.replace(identity.public_key, other.public_key)
    cases = [
        (good, "https://else.example", "", NOW, 403),
        (good, ORIGIN, "", NOW + TOKEN_SECONDS, 403),
        (good, ORIGIN, "", NOW - 24 * 3600, 403),
        (good, ORIGIN, other.public_key, NOW, 403),
        (forged, ORIGIN, "", NOW, 403),
        (good.replace("t=ey", "t=eY"), ORIGIN, "", NOW, 403),
        ("vapid t=a.b.c, k=é", ORIGIN, "", NOW, 403),
        ("vapid", ORIGIN, "", NOW, 403),
        ("Bearer x", ORIGIN, "", NOW, 401),
        ("", ORIGIN, "", NOW, 401),
    ]
    for authorization, origin, server_key, now, status in cases:
        with pytest.raises(RefusedPushError) as refusal:
            check_sender(authorization, origin, server_key, now)
        assert refusal.value.status == status, authorization


def test_the_key_file_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "keys" / "vapid.pem"
    first = load_key(file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert load_key(file).private_numbers() == first.private_numbers()
    assert [one.name for one in file.parent.iterdir()] == ["vapid.pem"]


def test_base64url_goes_there_and_back_and_refuses_other_text() -> None:
    for data in (b"", b"a", b"\xff\xfe", bytes(range(256))):
        assert from_base64url(to_base64url(data)) == data
    for text in ("a b", "é", "a\n", "####"):
        with pytest.raises(ValueError):  # noqa: PT011
            from_base64url(text)


def test_processes_that_start_at_once_end_up_with_one_key(tmp_path: Path) -> None:
    file = tmp_path / "vapid.pem"
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(load_key(file).private_numbers().private_value)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 2
    assert len(set(found)) == 1

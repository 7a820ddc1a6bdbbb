"""Web push encryption against the RFC's own example and against another implementation."""

from __future__ import annotations

import random

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from relance.channels.web_push.encryption import BODY_LIMIT, PAYLOAD_LIMIT, encrypt, public_point
from relance.channels.web_push.vapid import from_base64url

# RFC 8291, section 5 and appendix A.
PLAINTEXT = "V2hlbiBJIGdyb3cgdXAsIEkgd2FudCB0byBiZSBhIHdhdGVybWVsb24"
SENDER_PRIVATE = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
SENDER_PUBLIC = "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8"
BROWSER_PRIVATE = "q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94"
BROWSER_PUBLIC = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SALT = "DGv6ra1nlYgDCS1FRnbzlw"
AUTH = "BTBZMqHH6r4Tts7J_aSIgg"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_y"
    "l95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def private_key(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(from_base64url(text), "big"), ec.SECP256R1())


def test_the_example_of_rfc_8291_comes_out_to_the_byte() -> None:
    key = private_key(SENDER_PRIVATE)
    assert public_point(key.public_key()) == from_base64url(SENDER_PUBLIC)
    body = encrypt(
        from_base64url(PLAINTEXT),
        from_base64url(BROWSER_PUBLIC),
        from_base64url(AUTH),
        private_key=key,
        salt=from_base64url(SALT),
    )
    assert body == from_base64url(BODY)


def test_the_browser_of_the_example_reads_it() -> None:
    body = encrypt(b"When I grow up", from_base64url(BROWSER_PUBLIC), from_base64url(AUTH))
    private = private_key(BROWSER_PRIVATE)
    assert http_ece.decrypt(body, private_key=private, auth_secret=from_base64url(AUTH)) == b"When I grow up"


def test_500_random_messages_are_read_by_another_library() -> None:
    chance = random.Random(8291)
    for _ in range(500):
        private = ec.generate_private_key(ec.SECP256R1())
        auth = chance.randbytes(16)
        payload = chance.randbytes(chance.choice([0, 1, 15, 16, 17, chance.randrange(PAYLOAD_LIMIT), PAYLOAD_LIMIT]))
        body = encrypt(payload, public_point(private.public_key()), auth)
        assert len(body) <= BODY_LIMIT
        assert http_ece.decrypt(body, private_key=private, auth_secret=auth, version="aes128gcm") == payload


def test_two_messages_share_neither_key_nor_salt() -> None:
    point, auth = from_base64url(BROWSER_PUBLIC), from_base64url(AUTH)
    first, second = encrypt(b"same", point, auth), encrypt(b"same", point, auth)
    assert first[:16] != second[:16]
    assert first[21:86] != second[21:86]


def test_a_payload_of_the_limit_fills_the_body_and_one_byte_more_is_refused() -> None:
    point, auth = from_base64url(BROWSER_PUBLIC), from_base64url(AUTH)
    assert len(encrypt(b"x" * PAYLOAD_LIMIT, point, auth)) == BODY_LIMIT
    with pytest.raises(ValueError, match="3993 bytes"):
        encrypt(b"x" * (PAYLOAD_LIMIT + 1), point, auth)


@pytest.mark.parametrize("point", [b"", b"\x04" + bytes(64), b"\x04" + b"\xff" * 64, b"\x05" + bytes(64)])
def test_a_point_off_the_curve_is_refused(point: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the library words it
        encrypt(b"", point, bytes(16))

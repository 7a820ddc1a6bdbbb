"""The demo's shop signs user ids as the program checks them."""

from __future__ import annotations

from relance.accounts.identity_tokens import unproven
from relance.demo.signing import HOUR_SECONDS, sign_user

NOW = 1_790_000_000_000


def test_what_the_shop_signs_is_proof_for_an_hour() -> None:
    token = sign_user("noé", "a secret of the shop, long enough", NOW)
    secrets = ("a secret of the shop, long enough",)
    assert not unproven(token, "noé", secrets, NOW)
    assert unproven(token, "somebody else", secrets, NOW)
    assert unproven(token, "noé", ("another secret, as long as the first",), NOW)
    assert unproven(token, "noé", secrets, NOW + 3 * HOUR_SECONDS * 1000)

"""Which passwords are tried first, and which are good."""

from __future__ import annotations

import pytest

from relance.accounts.common_passwords import is_common
from relance.accounts.passwords import hash_password
from relance.core.errors import InvalidError

OWN = "ada.lovelace@example.org", "Ada Lovelace"


@pytest.mark.parametrize(
    "password",
    [
        *(
            "password123",
            "Password1!",
            "P@ssw0rd2024",
            "passw0rd!!",
            "motdepasse1",
            "Bienvenue2024",
            "welcome12345",
            "iloveyou99",
        ),
        *("1234567890", "0987654321", "qwertyuiop", "poiuytrewq", "azertyuiop", "abcdefghij", "1q2w3e4r5t", "12345678901234"),
        *("aaaaaaaaaa", "abcabcabcabc", "1212121212", "!!!!!!!!!!", "testtesttest", "admin12345", "Relance2026!", "changeme123"),
        *(
            "ada.lovelace@example.org",
            "ADA.LOVELACE@example.org",
            "ada.lovelace",
            "ada.lovelace1",
            "Ada Lovelace",
            "correcthorsebatterystaple",
        ),
    ],
)
def test_what_is_tried_first_is_refused(password: str) -> None:
    assert is_common(password, *OWN)
    with pytest.raises(InvalidError) as caught:
        hash_password(password, *OWN)
    assert caught.value.data["path"] == "password"


@pytest.mark.parametrize(
    "password",
    [
        "correct horse battery",
        "long enough 1",
        "bob has a long one",
        "a new long one",
        "tr0ub4dor&3x",
        "my password is odd",
        "x7#kQ!m2pL",
    ],
)
def test_what_nobody_would_guess_is_taken(password: str) -> None:
    assert not is_common(password, *OWN)

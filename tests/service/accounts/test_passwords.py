"""Checking a password takes as long whether anybody has the address or not."""

from __future__ import annotations

from argon2 import extract_parameters

from relance.accounts.passwords import NOBODY, hash_password, password_fits


def test_nobodys_hash_costs_what_every_other_costs() -> None:
    assert extract_parameters(NOBODY) == extract_parameters(hash_password("a password of somebody"))
    assert not password_fits("a password of somebody", None)

"""Keys: kinds, rotation, revocation, the cache in front of them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Engine

from relance.accounts import keyring
from relance.accounts.model import Key, KeyKind, NewKey
from relance.accounts.service import MOST_LIVE_KEYS, Accounts
from relance.core.errors import ConflictError, NotFoundError
from relance.infra.database import reading

pytestmark = pytest.mark.both_databases

NOW = 1_760_000_000_000


class Ticking:
    """A monotonic clock that the test moves."""

    def __init__(self) -> None:
        self.instant = 100.0

    def __call__(self) -> float:
        return self.instant


def app_of(accounts: Accounts, text: str) -> int | None:
    key = accounts.sending_key(text)
    return None if key is None else key.app_id


@pytest.fixture
def accounts(state: Engine) -> Accounts:
    return Accounts(state)


def test_a_key_opens_only_what_its_kind_is_for(accounts: Accounts) -> None:
    made = accounts.create_app("Shop", NOW)
    for one, kind in ((made.write_key, KeyKind.WRITE), (made.browser_key, KeyKind.BROWSER)):
        key = accounts.sending_key(one.text)
        assert key is not None
        assert (key.kind, key.app_id) == (kind, made.app.id)
        assert accounts.app_of_api_key(one.text) is None
    assert accounts.app_of_api_key(made.write_key.text) is None
    assert accounts.sending_key(made.api_key.text) is None


@pytest.mark.parametrize("text", ["", "rlw_short", "rlw_" + "a" * 32, "é" * 36, "\udcff" * 36, "rlw_" + "a" * 31 + "\x00"])
def test_a_made_up_key_opens_nothing(accounts: Accounts, text: str) -> None:
    accounts.create_app("Shop", NOW)
    assert accounts.sending_key(text) is None
    assert accounts.app_of_api_key(text) is None


def test_the_store_holds_no_key_in_clear(accounts: Accounts, state: Engine) -> None:
    made = accounts.create_app("Shop", NOW)
    with reading(state) as connection:
        tables = [connection.execute(sa.text(f"SELECT * FROM {table}")).all() for table in ("keys", "audit")]
    stored = str(tables)
    assert made.write_key.text not in stored
    assert made.api_key.text not in stored
    assert made.api_key.key.hint == made.api_key.text[-4:]


def test_a_rotated_key_stops_and_the_new_one_works(accounts: Accounts) -> None:
    made = accounts.create_app("Shop", NOW)
    assert accounts.app_of_api_key(made.api_key.text) == made.app.id
    fresh = accounts.rotate_key(made.app.id, made.api_key.key.id, NOW + 5)
    assert accounts.app_of_api_key(made.api_key.text) is None
    assert accounts.app_of_api_key(fresh.text) == made.app.id
    assert (fresh.key.kind, fresh.key.name) == (KeyKind.API, made.api_key.key.name)


def test_another_process_forgets_a_revoked_key_within_a_second(state: Engine) -> None:
    clock = Ticking()
    here, there = Accounts(state), Accounts(state, monotonic=clock)
    made = here.create_app("Shop", NOW)
    assert app_of(there, made.write_key.text) == made.app.id
    here.revoke_key(made.app.id, made.write_key.key.id, NOW)
    clock.instant += 1.0
    assert there.sending_key(made.write_key.text) is None


def test_a_known_key_and_an_unknown_key_are_looked_up_once_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, asked = Ticking(), list[str]()
    monkeypatch.setattr(keyring, "MOST_ENTRIES", 3)

    def find(text: str) -> Key | None:
        asked.append(text)
        return None

    ring = keyring.Keyring(find, clock)
    for _ in range(5):
        assert ring.key("rlw_" + "b" * 32) is None
    assert len(asked) == 1
    clock.instant += 1.0
    ring.key("rlw_" + "b" * 32)
    assert len(asked) == 2
    for letter in "cdefgh":
        ring.key("rlw_" + letter * 32)
    assert len(ring._known) <= 3


def test_what_was_read_before_a_revocation_is_not_kept() -> None:
    clock = Ticking()
    answers: list[Key | None] = [Key(1, 1, KeyKind.API, "k", "aaaa", 0, None, None), None]

    def find(_text: str) -> Key | None:
        if len(answers) == 2:
            ring.forget()  # somebody revokes while the look-up is under way
        return answers.pop(0)

    ring = keyring.Keyring(find, clock)
    assert ring.key("rla_" + "a" * 32) is not None
    assert ring.key("rla_" + "a" * 32) is None


def test_revoking_twice_is_no_error_and_keeps_the_first_instant(accounts: Accounts) -> None:
    made = accounts.create_app("Shop", NOW)
    for later in (5, 9):
        accounts.revoke_key(made.app.id, made.api_key.key.id, NOW + later)
    assert accounts.keys(made.app.id)[1].revoked_at == NOW + 5
    with pytest.raises(ConflictError):
        accounts.rotate_key(made.app.id, made.api_key.key.id, NOW + 10)


def test_another_apps_key_is_not_found(accounts: Accounts) -> None:
    mine, other = accounts.create_app("Mine", NOW), accounts.create_app("Other", NOW)
    with pytest.raises(NotFoundError):
        accounts.rotate_key(mine.app.id, other.api_key.key.id, NOW)
    with pytest.raises(NotFoundError):
        accounts.revoke_key(mine.app.id, other.api_key.key.id, NOW)
    assert accounts.app_of_api_key(other.api_key.text) == other.app.id


def test_of_concurrent_rotations_exactly_one_wins(accounts: Accounts) -> None:
    made = accounts.create_app("Shop", NOW)
    together = threading.Barrier(4)

    def rotate(_number: int) -> NewKey | None:
        together.wait()
        try:
            return accounts.rotate_key(made.app.id, made.api_key.key.id, NOW)
        except ConflictError:
            return None

    with ThreadPoolExecutor(4) as pool:
        won = [new for new in pool.map(rotate, range(4)) if new is not None]
    assert len(won) == 1
    assert sum(key.revoked_at is None for key in accounts.keys(made.app.id)) == 3


def test_concurrent_creation_stops_at_the_limit(accounts: Accounts) -> None:
    app = accounts.create_app("Shop", NOW).app
    for number in range(MOST_LIVE_KEYS - 5):
        accounts.create_key(app.id, KeyKind.WRITE, f"Key {number}", NOW)

    def create(number: int) -> bool:
        try:
            accounts.create_key(app.id, KeyKind.WRITE, f"More {number}", NOW)
        except ConflictError:
            return False
        return True

    with ThreadPoolExecutor(6) as pool:
        assert sum(pool.map(create, range(6))) == 2
    assert len(accounts.keys(app.id)) == MOST_LIVE_KEYS


def test_the_last_use_is_written_when_keys_are_listed(accounts: Accounts) -> None:
    made = accounts.create_app("Shop", NOW)
    assert [key.last_used for key in accounts.keys(made.app.id)] == [None, None, None]
    accounts.app_of_api_key(made.api_key.text)
    write_key, api_key, _browser_key = accounts.keys(made.app.id)
    assert write_key.last_used is None
    assert api_key.last_used is not None


def test_two_identity_secrets_are_good_at_once_and_none_stands_there_in_clear(state: Engine) -> None:
    clock = Ticking()
    accounts = Accounts(state, secret=b"of the server", monotonic=clock)
    made = accounts.create_app("Shop", NOW)
    app, first = made.app.id, made.identity_secret
    second = accounts.create_identity_secret(app, NOW)
    assert accounts.vouching(app).secrets == (first.text, second.text)
    with pytest.raises(ConflictError):
        accounts.create_identity_secret(app, NOW)
    accounts.delete_identity_secret(app, first.secret.id, NOW)
    with pytest.raises(NotFoundError):
        accounts.delete_identity_secret(app, first.secret.id, NOW)
    assert [one.hint for one in accounts.identity_secrets(app)] == [second.text[-4:]]
    assert accounts.vouching(app).secrets == (second.text,)
    assert Accounts(state, secret=b"of another").vouching(app).secrets == ()
    with reading(state) as connection:
        assert second.text not in str(connection.execute(sa.text("SELECT * FROM identity_secrets")).all())


def test_what_another_process_changed_is_believed_within_a_second(state: Engine) -> None:
    clock = Ticking()
    here, there = Accounts(state), Accounts(state, monotonic=clock)
    made = here.create_app("Shop", NOW)
    assert not there.vouching(made.app.id).trusts_unsigned
    here.update_app(made.app.id, NOW, version=1, trust_unsigned_browsers=True)
    clock.instant += 1.01
    assert there.vouching(made.app.id).trusts_unsigned

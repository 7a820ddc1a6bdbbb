"""Apps: creation, edits that collide, the switch that stops sending."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.engine import Engine

from relance.accounts.model import App, AppSettings
from relance.accounts.service import Accounts
from relance.core.errors import ConflictError, InvalidError, NotFoundError

pytestmark = pytest.mark.both_databases

NOW = 1_760_000_000_000


def app_of(accounts: Accounts, text: str) -> int | None:
    key = accounts.sending_key(text)
    return None if key is None else key.app_id


@pytest.fixture
def accounts(state: Engine) -> Accounts:
    return Accounts(state)


def test_a_new_app_comes_with_a_write_key_and_an_api_key(accounts: Accounts) -> None:
    made = accounts.create_app("Épicerie Zoé", NOW)
    assert made.app.slug == "epicerie-zoe"
    assert accounts.app(made.app.id) == made.app
    assert app_of(accounts, made.write_key.text) == made.app.id
    assert accounts.app_of_api_key(made.api_key.text) == made.app.id


def test_two_apps_may_share_a_name_but_not_a_slug(accounts: Accounts) -> None:
    slugs = {accounts.create_app("商店", NOW).app.slug for _ in range(3)}
    assert len(slugs) == 3
    assert "app" in slugs


def test_apps_are_listed_by_id_in_pages(accounts: Accounts) -> None:
    ids = [accounts.create_app(f"App {number}", NOW).app.id for number in range(5)]
    first = accounts.apps(limit=3)
    rest = accounts.apps(after=first[-1].id, limit=3)
    assert [app.id for app in first + rest] == ids


def test_an_unknown_app_is_not_found(accounts: Accounts) -> None:
    with pytest.raises(NotFoundError):
        accounts.app(77)
    with pytest.raises(NotFoundError):
        accounts.update_app(77, NOW, version=1, name="x")
    with pytest.raises(NotFoundError):
        accounts.set_sending_paused(77, True, NOW)


@pytest.mark.parametrize("name", ["", "  ", "x" * 101, "a\x00b"])
def test_a_bad_name_is_refused(accounts: Accounts, name: str) -> None:
    with pytest.raises(InvalidError):
        accounts.create_app(name, NOW)


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "", "Europe", "a\x00"])
def test_an_unknown_time_zone_is_refused(accounts: Accounts, zone: str) -> None:
    with pytest.raises(InvalidError) as caught:
        accounts.create_app("Shop", NOW, settings=AppSettings(timezone=zone))
    assert caught.value.data["path"] == "timezone"


def test_a_country_is_set_and_taken_away_again(accounts: Accounts) -> None:
    app = accounts.create_app("Shop", NOW).app
    assert app.settings.country == ""
    for version, country in enumerate(("FR", ""), start=app.version):
        assert accounts.update_app(app.id, NOW, version=version, country=country).settings.country == country


@pytest.mark.parametrize("country", ["France", "fr", "XX", "F", "FR\x00"])
def test_an_unknown_country_is_refused(accounts: Accounts, country: str) -> None:
    with pytest.raises(InvalidError) as caught:
        accounts.create_app("Shop", NOW, settings=AppSettings(country=country))
    assert caught.value.data["path"] == "country"


def test_an_edit_with_a_stale_version_conflicts_and_says_the_current_one(accounts: Accounts) -> None:
    app = accounts.create_app("Shop", NOW).app
    edited = accounts.update_app(app.id, NOW, version=app.version, timezone="Europe/Paris")
    assert (edited.version, edited.settings.timezone, edited.name) == (2, "Europe/Paris", "Shop")
    with pytest.raises(ConflictError) as caught:
        accounts.update_app(app.id, NOW, version=app.version, name="Other")
    assert caught.value.data == {"version": 2}
    assert accounts.app(app.id) == edited


def test_of_concurrent_edits_of_one_version_exactly_one_wins(accounts: Accounts) -> None:
    app = accounts.create_app("Shop", NOW).app
    together = threading.Barrier(6)

    def edit(number: int) -> App | None:
        together.wait()
        try:
            return accounts.update_app(app.id, NOW, version=app.version, name=f"Shop {number}")
        except ConflictError:
            return None

    with ThreadPoolExecutor(6) as pool:
        outcomes = list(pool.map(edit, range(6)))
    winners = [outcome for outcome in outcomes if outcome is not None]
    assert len(winners) == 1
    assert accounts.app(app.id) == winners[0]


def test_pausing_beside_edits_loses_neither(accounts: Accounts) -> None:
    app = accounts.create_app("Shop", NOW).app
    together = threading.Barrier(2)

    def pause() -> None:
        together.wait()
        for number in range(21):
            accounts.set_sending_paused(app.id, number % 2 == 0, NOW)

    def rename() -> int:
        together.wait()
        done = 0
        for number in range(20):
            try:
                accounts.update_app(app.id, NOW, version=accounts.app(app.id).version, name=f"Shop {number}")
                done += 1
            except ConflictError:
                continue
        return done

    with ThreadPoolExecutor(2) as pool:
        paused, renamed = pool.submit(pause), pool.submit(rename)
        paused.result()
        edits = renamed.result()
    final = accounts.app(app.id)
    assert final.settings.sending_paused
    assert final.version == 1 + 21 + edits


def test_changes_are_audited_with_who_did_them(accounts: Accounts) -> None:
    app = accounts.create_app("Shop", NOW, actor="operator:1").app
    accounts.set_sending_paused(app.id, True, NOW + 1, actor="key:9")
    accounts.set_sending_paused(app.id, True, NOW + 2, actor="key:9")
    lines = [(entry.actor, entry.action, entry.occurred_at) for entry in accounts.audit(app.id)]
    assert lines == [("key:9", "sending.paused", NOW + 1), ("operator:1", "app.created", NOW)]

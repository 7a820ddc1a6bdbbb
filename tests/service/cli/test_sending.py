"""``relance sending``: an app's caps, quiet hours, topics, hold-out and providers leave as a file and come back from one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.cli.shop import Shop

pytestmark = pytest.mark.xdist_group("commands")
SECRET = "s3cret-token-nobody-may-see"


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    made = Shop(tmp_path_factory.mktemp("shop"), "sending")
    try:
        bought = {"kind": "behaviour", "event": "Bought", "compare": ">=", "value": 1, "window": {"last": "30d"}}
        made.call("POST", "/segments", {"name": "Buyers", "rule": bought})
        cap = {"name": "Three a week", "classes": ["marketing"], "most": 3, "rolling": "7d", "tiers": [{"segment": 1, "most": 5}]}
        made.call("POST", "/caps", cap)
        made.call("POST", "/quiet-hours", {"start": "22:00", "end": "08:00"})
        account = {"account_sid": "AC1", "sender": "+15005550006"}
        made.call(
            "POST", "/providers", {"type": "twilio", "name": "Main", "settings": account, "secrets": {"auth_token": SECRET}}
        )
        yield made
    finally:
        made.program.kill()


def test_a_file_has_everything_but_secrets_and_changes_nothing_where_nothing_changed(shop: Shop, tmp_path: Path) -> None:
    said = shop.said("dump")
    assert "name: Three a week" in said
    assert "segment: Buyers" in said
    assert "type: twilio" in said
    assert SECRET not in said
    assert "secret" not in said
    file = tmp_path / "sending.yaml"
    file.write_text(said)
    assert "All is as the file says." in shop.said("apply", str(file))
    assert shop.said("dump") == said


def test_a_changed_file_is_shown_first_and_then_holds(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "sending.yaml"
    before = shop.said("dump")
    file.write_text(before.replace("most: 3", "most: 2").replace("'22:00'", "'21:00'"))
    shown = shop.said("apply", str(file), "--dry-run")
    assert "~ cap “Three a week”" in shown
    assert "+ quiet hours 21:00–08:00" in shown
    assert "- quiet hours 22:00–08:00" in shown
    assert shop.said("dump") == before
    shop.said("apply", str(file))
    assert shop.said("dump") == file.read_text()
    kept = shop.call("GET", "/providers", None)
    assert [each["secrets_set"] for each in kept] == [["auth_token"]]


def test_what_is_wrong_in_a_file_changes_nothing_and_names_its_place(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "sending.yaml"
    before = shop.said("dump")
    file.write_text("quiet_hours: []\ncaps:\n  - {name: Bad, most: 0, rolling: 90d}\n")
    done = shop.run("apply", str(file))
    assert done.returncode == 2
    assert "caps[0].rolling" in done.stderr
    assert shop.said("dump") == before


@pytest.mark.parametrize("url", ["https://elsewhere.example", "notaurl"])
def test_what_the_server_would_refuse_of_a_provider_is_told_before_anything_changes(shop: Shop, tmp_path: Path, url: str) -> None:
    file = tmp_path / "sending.yaml"
    before = shop.said("dump")
    changed = before.replace("hold_out_percent: 0.0", "hold_out_percent: 25.0").replace("most: 3", "most: 4")
    file.write_text(changed.replace("account_sid: AC1", f"account_sid: AC1\n    base_url: {url}"))
    for more in (["--dry-run"], []):
        done = shop.run("apply", str(file), *more)
        assert done.returncode == 2
        assert "provider “Main”" in done.stderr
        assert "settings.base_url" in done.stderr
        assert shop.said("dump") == before


def test_what_the_server_would_refuse_of_a_cap_is_told_before_anything_changes(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "sending.yaml"
    before = shop.said("dump")
    many = ", ".join(["marketing"] * 51)
    file.write_text(f"hold_out_percent: 25\ncaps:\n  - {{name: Wide, most: 1, rolling: 7d, classes: [{many}]}}\n")
    for more in (["--dry-run"], []):
        done = shop.run("apply", str(file), *more)
        assert done.returncode == 2
        assert "cap “Wide”" in done.stderr or "caps[0]" in done.stderr
        assert shop.said("dump") == before

"""``relance segments`` against the real program."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from tests.command_line import relance
from tests.postgres import free_port
from tests.service.cli.shop import Shop, rows

pytestmark = pytest.mark.xdist_group("program")
BOUGHT = {"kind": "behaviour", "event": "Order Completed", "compare": ">=", "value": 2, "window": {"last": "30d"}}
PRO = {"kind": "trait", "name": "plan", "is": "=", "value": "pro"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    shop = Shop(tmp_path_factory.mktemp("shop"), "segments")
    try:
        for user, times in (("u-1", 2), ("u-2", 1), ("u-3", 3)):
            for number in range(times):
                body = {"event": "Order Completed", "user_id": user, "message_id": f"{user}-{number}"}
                shop.call("POST", "/events", body)
        shop.call("POST", "/people", {"user_id": "u-3", "traits": {"plan": "pro", "email": "lea@example.org"}})
        shop.call("POST", "/segments", {"name": "Good buyers", "rule": BOUGHT})
        rule = {"any": [{"not": {"kind": "segment", "segment": 1}}, PRO]}
        shop.call("POST", "/segments", {"name": "The rest", "rule": rule})
        shop.call("PATCH", "/segments/1", {"version": 1, "name": "Buyers"})
        yield shop
    finally:
        shop.program.kill()


def test_segments_are_listed_with_their_sizes(shop: Shop) -> None:
    listed = rows(shop.said("list"))[:2]  # the others are of other tests
    assert [(row[1], row[2], row[3], row[5]) for row in listed] == [("Buyers", "2", "2", "live"), ("The rest", "2", "1", "live")]


def test_one_is_shown_with_its_rule_versions_and_users(shop: Shop) -> None:
    said = shop.said("show", "Buyers")
    assert "Buyers (segment 1, version 2)" in said
    assert "2 people; in the last 30 days" in said
    assert "Everybody who did “Order Completed” at least twice in the last 30 days." in said
    assert 'window={"last":"30d"}' in said
    assert [row[3] for row in rows(said)] == ["renamed from “Good buyers”", "made"]
    assert "Used by segment 2 “The rest”." in said
    assert "at least one of" in shop.said("show", "2")


def test_a_rule_is_read_from_standard_input(shop: Shop) -> None:
    for raw in (json.dumps(BOUGHT).encode(), json.dumps(BOUGHT).encode("utf-8-sig"), json.dumps(BOUGHT).encode("utf-16")):
        code, said, fault = shop.piped(raw, "preview", "-")
        assert (code, " people." in said, fault) == (0, True, ""), fault
    code, said, _ = shop.piped(json.dumps(BOUGHT).encode(), "explain", "1", "--rule", "-")
    assert (code, "Person 1 is" in said) == (0, True)
    code, _, fault = shop.piped(b"\xff", "preview", "-")
    assert (code, "Standard input is no text" in fault, "Traceback" in fault) == (2, True, False)


def test_a_rule_is_previewed_from_an_argument_and_a_file(shop: Shop, tmp_path: Path) -> None:
    said = shop.said("preview", json.dumps(BOUGHT))
    assert said.splitlines()[:2] == ["2 people.", "50% can be reached by email."]
    assert [row[0] for row in rows(said)] == ["1", "3"]
    file = tmp_path / "rule.json"
    file.write_text(json.dumps({"not": BOUGHT}))
    assert shop.said("preview", str(file)).startswith("1 people.")


def test_members_are_listed(shop: Shop) -> None:
    said = shop.said("members", "Buyers")
    assert rows(said) == [["1", "u-1", ""], ["3", "u-3", "lea@example.org"]]
    assert "2 of 2 people." in said
    assert "1 of 2 people." in shop.said("members", "1", "--limit", "1")


def test_an_explanation_is_a_tree_of_marks(shop: Shop) -> None:
    said = shop.said("explain", "user_id:u-2", "Buyers")
    assert "Person 2 is not in “Buyers”" in said
    assert "✗ did “Order Completed” at least twice in the last 30 days" in said
    assert "count: 1" in said
    assert "u-2-0" in said
    assert "Person 3 is in the rule" in shop.said("explain", "lea@example.org", "--rule", json.dumps(PRO))


def test_members_are_exported_to_files(shop: Shop, tmp_path: Path) -> None:
    shop.said("export", "Buyers", str(tmp_path / "buyers.csv"))
    with (tmp_path / "buyers.csv").open(newline="") as file:
        assert list(csv.reader(file)) == [["id", "external_id", "email"], ["1", "u-1", ""], ["3", "u-3", "lea@example.org"]]
    shop.said("export", "Buyers", str(tmp_path / "buyers.bin"), "--format", "parquet")
    with duckdb.connect() as connection:
        found = connection.execute("SELECT id FROM read_parquet($1) ORDER BY id", [str(tmp_path / "buyers.bin")]).fetchall()
    assert found == [(1,), (3,)]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["buyers.bin", "buyers.csv"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("show", "Nobody"), "There is no segment “Nobody”."),
        (("show", "99"), "This app has no such segment."),
        (("preview", "{}"), "Rule must have exactly one of all, any and not, or be a condition with a kind. (at rule)"),
        (("preview", "{"), "The rule is not valid JSON"),
        (("preview", "missing.json"), "missing.json cannot be read"),
        (("explain", "user_id:nobody", "1"), "There is no person user_id:nobody."),
        (("explain", "1"), "Name a segment, or give a rule."),
        (("export", "1", "buyers.xlsx"), "Give a file that ends with .csv or .parquet, or --format."),
        (("export", "1", "/nowhere/at.csv"), "/nowhere/at.csv cannot be written: there is no folder /nowhere."),
        (("dump", "--to", "/nowhere/at.yaml"), "/nowhere/at.yaml cannot be written: there is no folder /nowhere."),
        (("list", "--key", "rla_wrong"), "This API key is unknown or revoked."),
        (("list", "--url", "localhost"), "localhost is not a server address"),
    ],
)
def test_what_goes_wrong_is_a_sentence(shop: Shop, arguments: tuple[str, ...], sentence: str) -> None:
    done = shop.run(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith(f"relance: {sentence}")


def test_a_server_that_is_not_there_is_said_to_be(tmp_path: Path) -> None:
    done = relance("segments", "list", RELANCE_URL=f"http://127.0.0.1:{free_port()}", RELANCE_API_KEY="rla_x")
    assert (done.returncode, "No server answers" in done.stderr) == (2, True)


def test_segments_are_kept_in_files(shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    shop.said("dump", "--to", str(path))
    assert "same" in shop.said("apply", str(path))
    path.write_text(
        "segments:\n"
        "- name: Pros who bought\n  rule: {all: [{kind: segment, segment: Pros}, {kind: behaviour, event: Order Completed}]}\n"
        "- name: Pros\n  rule: {kind: trait, name: plan, is: '=', value: pro}\n"
    )
    assert "+ Pros who bought: to be made" in shop.said("apply", str(path), "--dry-run")
    assert "2 of 2 segments made or changed." in shop.said("apply", str(path))
    assert "0 of 2 segments made or changed." in shop.said("apply", str(path))
    path.write_text(path.read_text().replace("value: pro", "value: plus"))
    said = shop.said("apply", str(path))
    assert "~ Pros: changed" in said
    assert "+ trait name=plan is== value=plus" in said.replace('"', "")
    path.write_text(path.read_text().replace("kind: trait", "kind: horoscope"))
    refused = shop.run("apply", str(path))
    assert refused.returncode != 0
    assert "rules.yaml, line 5, rule.kind" in refused.stderr.replace("\n", "")
    assert "name: Pros" in shop.said("dump", "Pros")

"""``relance lists`` against the real program."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.service.cli.shop import Shop, rows

pytestmark = pytest.mark.xdist_group("program")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    shop = Shop(tmp_path_factory.mktemp("shop"), "lists")
    try:
        for user in ("u-1", "u-2", "u-3"):
            shop.call("POST", "/people", {"user_id": user, "traits": {"email": f"{user}@example.org"}})
        yield shop
    finally:
        shop.program.kill()


def test_a_list_is_made_filled_shown_emptied_and_archived(shop: Shop) -> None:
    assert "2 people put on “VIP”." in shop.said("create", "VIP", "u-1", "u-2@example.org", "u-1")
    [row] = (row for row in rows(shop.said("list")) if row[1] == "VIP")
    assert row[2] == "2"
    shown = shop.said("show", "VIP")
    assert f"VIP (list {row[0]}), 2 people." in shown
    assert rows(shown) == [["1", "u-1", "u-1@example.org"], ["2", "u-2", "u-2@example.org"]]
    assert "1 person taken off “VIP”." in shop.said("remove", row[0], "u-1")
    assert rows(shop.said("show", row[0])) == [["2", "u-2", "u-2@example.org"]]
    assert f"List {row[0]} “VIP” was archived." in shop.said("archive", "VIP")
    assert "VIP" not in {row[1] for row in rows(shop.said("list"))}


def test_a_file_is_read_by_its_column_and_what_is_nobodys_is_kept(shop: Shop, tmp_path: Path) -> None:
    shop.said("create", "Of a file")
    file, unknown = tmp_path / "people.csv", tmp_path / "unknown.txt"
    file.write_text('\ufeffname;mail\n"Lea; the first";u-1@example.org\nMax;max@example.org\n\nshort\nAda;' + "x" * 400 + "\n")
    said = shop.said("add", "Of a file", "--from", str(file), "--column", "mail", "--unknown", str(unknown))
    assert "1 person put on “Of a file”." in said
    assert "2 entries are nobody's: " in said
    assert sorted(unknown.read_text().split()) == ["max@example.org", "x" * 400]
    file.write_text("u-2\nu-3\n")
    assert "2 people put on" in shop.said("add", "Of a file", "--from", str(file))


def test_more_than_fits_into_a_request_goes_in_several(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "many.txt"
    file.write_text("".join(f"nobody-{number}\n" for number in range(2_500)) + "u-3\n")
    said = shop.said("create", "Many", "--from", str(file))
    assert "1 person put on “Many”." in said
    assert "2,500 entries are nobody's: nobody-0, nobody-1" in said


def test_an_export_can_be_read_in_again(shop: Shop, tmp_path: Path) -> None:
    shop.said("create", "First", "u-1", "u-3")
    path = tmp_path / "first.csv"
    done = shop.run("export", "First", str(path))
    assert (done.returncode, done.stdout) == (0, "")
    with path.open(newline="") as file:
        assert list(csv.reader(file)) == [
            ["id", "external_id", "email"],
            ["1", "u-1", "u-1@example.org"],
            ["3", "u-3", "u-3@example.org"],
        ]
    assert [each.name for each in tmp_path.iterdir()] == ["first.csv"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert "2 people put on “Second”." in shop.said("create", "Second", "--from", str(path), "--column", "external_id")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("show", "Nowhere"), "There is no list “Nowhere”."),
        (("show", "977"), "There is no list 977."),
        (("add", "Taken"), "Name somebody"),
        (("create", "Taken"), "Another list of this app has that name. (at name)"),
        (("add", "Taken", "--from", "/nowhere/at/all"), "cannot be read"),
        (("add", "Taken", "--from", "/etc/passwd", "--column", "mail"), "has no column “mail”"),
        (("add", "Taken", "--from", "/bin/sh"), "is no text in UTF-8"),
        (
            ("add", "Taken", "u-1", "--unknown", "/nowhere/at.all"),
            "/nowhere/at.all cannot be written: there is no folder /nowhere.",
        ),
        (("create", "Never made", "--unknown", "/"), "/ cannot be written: it is a folder."),
        (("export", "Taken", "/nowhere/at.csv"), "/nowhere/at.csv cannot be written: there is no folder /nowhere."),
        (("archive", "Taken"), "This list is used by segments: "),
    ],
)
def test_what_cannot_be_done_is_said(shop: Shop, arguments: tuple[str, ...], says: str) -> None:
    if not any(row[1] == "Taken" for row in rows(shop.said("list"))):
        shop.said("create", "Taken")
        number = next(row[0] for row in rows(shop.said("list")) if row[1] == "Taken")
        shop.call("POST", "/segments", {"name": "On it", "rule": {"kind": "list", "list": int(number)}})
        assert "Used by segment 1 “On it”." in shop.said("show", "Taken")
    done = shop.run(*arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert "Never made" not in shop.said("list")


def test_standard_input_is_read_like_a_file(shop: Shop) -> None:
    for number, (given, arguments) in enumerate(
        [
            (b"\xef\xbb\xbfu-1\nu-2\n", ()),
            ("Zo\u00eb;mail\nx;u-1@example.org\ny;\u200bu-2@example.org\n".encode("windows-1252", "ignore"),
             ("--encoding", "windows-1252", "--column", "mail")),
            ("sep=;\nmail;name\nu-1@example.org;\u00e9\nu-2@example.org;b".encode("utf-16"), ("--column=mail",)),
        ]
    ):  # fmt: skip
        code, said, fault = shop.piped(given, "create", f"Piped {number}", "--from", "-", *arguments)
        assert (code, fault.strip()) == (0, "")
        assert f"2 people put on “Piped {number}”." in said


@pytest.mark.parametrize(
    ("given", "arguments", "says"),
    [
        (b'email,name\na@x,"Ann\nb@x,Bob\n', ("--column", "email"), "Standard input: the quotation mark that opens in line 2"),
        ("Zo\u00eb".encode("windows-1252"), (), "--encoding windows-1252"),
        (b"a", ("--encoding", "klingon"), "There is no encoding"),
    ],
)
def test_what_is_wrong_with_a_file_is_a_sentence(shop: Shop, given: bytes, arguments: tuple[str, ...], says: str) -> None:
    code, _, fault = shop.piped(given, "create", "Not made", "--from", "-", *arguments)
    assert (code, says in fault, "Traceback" in fault, len(fault.splitlines())) == (2, True, False, 1), fault
    assert "Not made" not in shop.said("list")

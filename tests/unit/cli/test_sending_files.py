"""Caps, quiet hours, topics, the hold-out and providers as a file: written, read again, and what it changes on a server."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typing_extensions import override

from relance.accounts.model import ShopEvents
from relance.channels.registry import KINDS
from relance.cli.errors import ServerError
from relance.cli.remote import Remote
from relance.cli.rule_files import values_of
from relance.cli.sending import _do_or_tell
from relance.cli.sending_files import (
    CapOf,
    HoursOf,
    ProviderOf,
    SendingFile,
    SendingState,
    SendingStep,
    TierOf,
    TopicOf,
    file_of,
    plan,
    read,
    written,
)
from relance.core.error_text import ErrorText
from relance.restraint.model import WEEKDAYS, Lane, MessageClass

SEGMENTS = {"Good buyers": 1, "on": 2, "12": 3, "é: #no": 4}
CHANNELS = st.lists(st.sampled_from(sorted(KINDS)), max_size=2, unique=True).map(tuple)
#: What YAML takes for something else where it is not quoted.
TRAPS = st.sampled_from(
    ["on", "no", "null", "~", "12", "1.5", "22:00", "2026-11-30", "- a", "a: b", "#", "'", '"', "é", "1e5", "=", "&a"]
)
NAMES = TRAPS | st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S")), min_size=1, max_size=12)
TIMES = st.builds(lambda hour, minute: f"{hour:02d}:{minute:02d}", st.integers(0, 23), st.integers(0, 59))
SPANS = st.sampled_from(["1h", "24h", "7d", "31d"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 40), 1 << 40) | NAMES | st.text(max_size=20, alphabet="ab \n\t:#'\"é"),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=2),
    max_leaves=4,
)


@st.composite
def caps(draw: st.DrawFn) -> CapOf:
    """One that the server would take."""
    most = draw(st.none() | st.integers(2, 1_000))
    windows: dict[str, Any] = {}
    if most is not None:
        windows = draw(st.sampled_from([{"rolling": "24h"}, {"rolling": "7d"}, {"calendar": "day"}, {"calendar": "week"}]))
        windows["tiers"] = tuple(
            TierOf(each, draw(st.integers(0, 9)))
            for each in draw(st.lists(st.sampled_from(list(SEGMENTS)), max_size=2, unique=True))
        )
        windows["kept"] = draw(st.dictionaries(st.sampled_from(Lane), st.just(1), max_size=2))
    gap = draw(SPANS) if most is None else draw(st.none() | SPANS)
    return CapOf(
        draw(NAMES),
        channels=draw(CHANNELS),
        classes=tuple(draw(st.lists(st.sampled_from(MessageClass), max_size=2, unique=True))),
        topics=tuple(draw(st.lists(NAMES, max_size=2, unique=True))),
        most=most,
        gap=gap,
        **windows,
    )


HOURS = st.builds(
    HoursOf,
    TIMES,
    TIMES,
    st.sampled_from(["", *sorted(KINDS)]),
    st.lists(st.sampled_from(WEEKDAYS), max_size=3, unique=True).map(tuple),
)
PROVIDERS = st.builds(
    ProviderOf, st.sampled_from(["twilio", "smtp"]), NAMES, st.dictionaries(NAMES, VALUES, max_size=3), st.booleans()
)
SOURCES = st.lists(st.sampled_from(["a", "b", "c", ""]), min_size=1, max_size=3)


def rendering_later_ones(given: dict[str, list[str]]) -> dict[str, str]:
    """Snippets that render others: those that are there and later in the alphabet, so that there is no circle."""
    return {
        name: f"{name}!" + "".join(f"{{% render '{each}' %}}" for each in others if each > name and each in given)
        for name, others in given.items()
    }


FILES = st.builds(
    SendingFile,
    hold_out_percent=st.none() | st.sampled_from([0.0, 0.001, 5.0, 12.5, 50.0]),
    topics=st.none()
    | st.lists(
        st.builds(TopicOf, NAMES, st.dictionaries(st.sampled_from(["en", "fr"]), NAMES)),
        max_size=3,
        unique_by=lambda each: each.topic,
    ).map(tuple),
    caps=st.none() | st.lists(caps(), max_size=3, unique_by=lambda each: each.name).map(tuple),
    quiet_hours=st.none() | st.lists(HOURS, max_size=3).map(tuple),
    providers=st.none() | st.lists(PROVIDERS, max_size=3, unique_by=lambda each: (each.type, each.name)).map(tuple),
    site=st.none() | st.sampled_from(["", "https://shop.example"]),
    snippets=st.none() | st.dictionaries(st.sampled_from(["a", "b", "c"]), SOURCES).map(rendering_later_ones),
    shop_events=st.none() | st.builds(ShopEvents, *[st.lists(NAMES, max_size=2).map(tuple)] * 3),
)


NEW_APP: dict[str, Any] = {"site": "", "shop_events": msgspec.to_builtins(ShopEvents())}
#: What a server answers for fields that a new one does not name.
LEFT_OUT: dict[str, dict[str, Any]] = {"caps": {}, "quiet-hours": {"channel": "", "weekdays": []}, "snippets": {}}


class ModelServer:
    """What a server would have after these calls."""

    def __init__(self, file: SendingFile) -> None:
        self.number = 0
        self.app: dict[str, Any] = {"version": 1, "settings": {"hold_out_percent": 0.0, "topics": [], **NEW_APP}}
        self.kept: dict[str, list[dict[str, Any]]] = {"caps": [], "quiet-hours": [], "providers": [], "snippets": []}
        for each in file.providers or ():
            self.kept["providers"].append({**msgspec.to_builtins(each), **self._new()})
        self.do(plan(msgspec.structs.replace(file, providers=None), self.state(), "file"))

    def _new(self) -> dict[str, Any]:
        self.number += 1
        return {"id": self.number, "version": 1}

    def state(self) -> SendingState:
        return SendingState(
            self.app, self.kept["caps"], self.kept["quiet-hours"], self.kept["providers"], SEGMENTS, self.kept["snippets"]
        )

    def do(self, steps: list[SendingStep]) -> None:
        for step in steps:
            body = dict(step.body or {})
            version = body.pop("version", None)
            if step.path == "":
                assert version == self.app["version"]
                self.app["settings"] |= body
                continue
            _, noun, *number = step.path.split("/")
            if step.method == "POST":
                self.kept[noun].append({**LEFT_OUT[noun], **body, **self._new()})
                continue
            [found] = [each for each in self.kept[noun] if str(each["id"]) == number[0]]
            if step.method == "DELETE":
                self.kept[noun].remove(found)
            else:
                assert version == found["version"]
                found |= body


@given(FILES)
def test_what_is_written_is_read_again(tmp_path_factory: pytest.TempPathFactory, file: SendingFile) -> None:
    path = tmp_path_factory.mktemp("files") / "sending.yaml"
    path.write_text(written(file), encoding="utf-8")
    if file == SendingFile():
        return  # an empty file is told as such
    assert read(values_of(path), "file") == file


@given(FILES, FILES)
def test_a_server_is_brought_in_line_and_then_nothing_is_left_to_do(before: SendingFile, wanted: SendingFile) -> None:
    server = ModelServer(before)
    wanted = msgspec.structs.replace(
        wanted,
        providers=before.providers
        and tuple(
            msgspec.structs.replace(each, active=not each.active, settings={"new": place})
            for place, each in enumerate(before.providers)
        ),
    )
    server.do(plan(wanted, server.state(), "file"))
    assert plan(wanted, server.state(), "file") == []
    after = file_of(server.state())
    for part in SendingFile.__struct_fields__:
        said = getattr(wanted, part)
        found = getattr(after, part)
        if said is None:
            continue
        if part in ("caps", "quiet_hours"):
            assert sorted(map(str, found)) == sorted(map(str, said))
        else:
            assert found == said
    assert plan(after, server.state(), "file") == []


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"caps": [{"name": "a"}]}, "caps[0].most"),
        ({"caps": [{"name": "a", "most": 1, "rolling": "7d"}, {"name": "a", "gap": "1h"}]}, "caps[1].name"),
        ({"caps": [{"name": "a", "gap": "1h", "channels": ["fax"]}]}, "caps[0].channels[0]"),
        ({"caps": [{"name": "a", "gap": "1h", "id": 3}]}, "caps[0]"),
        ({"quiet_hours": [{"start": "25:00", "end": "08:00"}]}, "quiet_hours[0].start"),
        ({"quiet_hours": [{"start": 22, "end": "08:00"}]}, "quiet_hours[0].start"),
        ({"hold_out_percent": 51}, "hold_out_percent"),
        ({"topics": [{"topic": "a"}, {"topic": "a"}]}, "topics.topics.1"),
        ({"snippets": {"a": "{% render 'b' %}"}}, "snippets.a"),
        ({"snippets": {"A": "x"}}, "snippets.A.name"),
        ({"secrets": {}}, ""),
        ({"providers": [{"type": "twilio", "name": "a", "secrets": {"token": "x"}}]}, "providers[0]"),
        ([], ""),
    ],
)
def test_what_is_wrong_is_told_with_its_place_before_anything_is_asked(given: Any, path: str) -> None:
    with pytest.raises(ServerError) as found:
        read(given, "file")
    assert found.value.data["path"].rstrip(".") == path


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (SendingFile(caps=(CapOf("a", most=1, rolling="7d", tiers=(TierOf("Nobody", 2),)),)), "There is no segment “Nobody”"),
        (SendingFile(providers=(ProviderOf("twilio", "Main"),)), "add it with its secrets"),
    ],
)
def test_what_no_call_can_do_is_told(file: SendingFile, says: str, tmp_path: Path) -> None:
    with pytest.raises(ServerError, match=says):
        plan(file, ModelServer(SendingFile()).state(), str(tmp_path))


def test_there_must_be_room_for_what_comes_beside_what_goes() -> None:
    server = ModelServer(SendingFile(caps=tuple(CapOf(f"old {place}", gap="1h") for place in range(60))))
    with pytest.raises(ServerError, match="there would be 101, of at most 100") as found:
        plan(SendingFile(caps=tuple(CapOf(f"new {place}", gap="1h") for place in range(41))), server.state(), "file")
    assert found.value.data["path"] == "caps"
    assert (
        len(plan(SendingFile(caps=tuple(CapOf(f"new {place}", gap="1h") for place in range(40))), server.state(), "file")) == 100
    )


def test_an_unknown_part_is_told_without_an_empty_place() -> None:
    with pytest.raises(ServerError, match=r"^file: There is no field 'capz' here"):
        read({"capz": []}, "file")


class Refusing(Remote):
    """A server that refuses what it is asked the second time."""

    def __init__(self) -> None:
        self.asked = 0

    @override
    def patch(self, path: str, body: Any) -> Any:
        self.asked += 1
        if self.asked == 2:
            raise ServerError(ErrorText.local(f"{path} has been edited."))
        return body


def test_what_fails_half_way_says_what_was_changed_before() -> None:
    steps = [SendingStep("~", f"cap “{each}”", "PATCH", f"/caps/{each}", {}) for each in "abc"]
    server = Refusing()
    _do_or_tell(server, steps, 0)
    with pytest.raises(ServerError) as found:
        _do_or_tell(server, steps, 1)
    assert found.value.message == (
        "cap “b”: /caps/b has been edited. Changed before that: cap “a”."
        " 2 of 3 changes are left: apply the file again to make them."
    )

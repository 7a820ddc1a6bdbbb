"""A key that is repeated has one value for all readers: the last."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from relance.core.encoding import from_json
from relance.events.intake import Origin, check
from relance.events.model import Event
from relance.events.repeats import without_repeats

texts = st.sampled_from(["a", "b", "a:b", '":', 'x":1', "https://a.b/c", "\\", "é", '{"a":1', "", " :"])
#: (key, value) pairs, written as they come.
pairs: st.SearchStrategy[Any] = st.recursive(
    st.one_of(texts, st.integers(-3, 3), st.none(), st.booleans(), st.sampled_from([1.5, -0.0])),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.lists(st.tuples(texts, inner), max_size=4).map(lambda found: ("object", found))
    ),
    max_leaves=8,
)
objects = st.lists(st.tuples(texts, pairs), max_size=5)
colons = st.sampled_from([":", ": ", " :", "  : ", "\n:"])


def written(found: Any, colon: str) -> str:
    if isinstance(found, tuple):
        return "{" + ",".join(f"{json.dumps(key)}{colon}{written(value, colon)}" for key, value in found[1]) + "}"
    if isinstance(found, list):
        return "[" + ", ".join(written(each, colon) for each in found) + "]"
    return json.dumps(found, ensure_ascii=False).replace("a:b", "a\\u003ab").replace(" :", " \\u003A")


def has_repeats(text: str) -> bool:
    repeated: list[bool] = []
    json.loads(text, object_pairs_hook=lambda found: repeated.append(len(dict(found)) < len(found)))
    return any(repeated)


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(objects, colons)
def test_no_key_stands_twice_and_nothing_else_changes(found: list[tuple[str, Any]], colon: str) -> None:
    text = written(("object", found), colon)
    kept = without_repeats(text.encode()).decode()
    assert not has_repeats(kept)
    assert from_json(kept) == from_json(text)
    if not has_repeats(text):
        assert kept == text


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ('{"a":1,"a":2}', '{"a":2}'),
        ('{"a":1,"\\u0061":2}', '{"a":2}'),
        ('{"a" :1,"b:":0,"a" :2}', '{"a":2,"b:":0}'),
        ('{"x":[{"a":1,"a":null}]}', '{"x":[{"a":null}]}'),
        ('{"a":1,"b":"x:y"}', '{"a":1,"b":"x:y"}'),
        ('{"a":1,"a":"x\\u003ay"}', '{"a":"x:y"}'),
        ('{"a":":","a":"x"}', '{"a":"x"}'),
    ],
)
def test_what_comes_in_is_kept_with_one_value_for_each_key(sent: str, kept: str) -> None:
    message = f'{{"type":"track","event":"x","userId":"u","properties":{sent},"context":{sent}}}'
    event = check(message.encode(), Origin(1, 1_790_000_000_000, lambda: "m1"))
    assert isinstance(event, Event)
    assert (event.body.decode(), event.context.decode()) == (kept, kept)

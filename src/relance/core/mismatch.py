"""What msgspec says of a value that does not fit its type, as a sentence of ours: its own text never reaches anybody."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import msgspec

from relance.core.error_text import ErrorText

_PLACE = re.compile(r" - at (?P<of_key>`key` in )?`\$(?P<path>.*)`$", re.DOTALL)
_MEMBER = re.compile(r"Object (missing required|contains unknown) field `(.*)`")
_TYPE = re.compile(r"Expected `([^`]*)`, got `([^`]*)`")
_JSON_TYPES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}  # those that msgspec calls otherwise
_RANGE = re.compile(r"Expected `(int|float)` (<=|>=|<|>) (\S+)")
_LENGTH = re.compile(r"Expected `(str|array|object|bytes)` of (?:at least |at most )?length (>=|<=|==)? ?(\d+)")
_STEP = re.compile(r"\[(\d+|\.\.\.)\]|\.?([^.\[\]]+)")
_HOLDS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
    "==": operator.eq,
}
_NO_WORD = re.compile(r"Invalid (?:enum )?value (.*)", re.DOTALL)


def mismatch(error: msgspec.ValidationError, given: Any) -> tuple[str, ErrorText]:
    """The path within ``given``, the decoded value, as in ``.nodes[2].kind``, and what is wrong there."""
    text = str(error)
    found = _PLACE.search(text)
    path = found["path"] if found else ""
    values = values_at(given, path)
    if found and found["of_key"]:
        values = [key for each in values if isinstance(each, dict) for key in each]
    return path, mismatch_text(text, values)


def mismatch_text(message: str, given: Sequence[Any] = ()) -> ErrorText:
    """What is wrong, of msgspec's own text. ``given``: the values of which one is wrong."""
    text = _PLACE.sub("", message)
    if member := _MEMBER.fullmatch(text):
        return _member(member[1].startswith("missing"), member[2])
    if expected := _TYPE.fullmatch(text):
        return _typed(expected[1], _JSON_TYPES.get(expected[2], expected[2]))
    if bounds := _RANGE.fullmatch(text):
        return _ranged(bounds[1] == "int", bounds[2], float(bounds[3]), given)
    if length := _LENGTH.fullmatch(text):
        return _long(length[1], length[2] or "==", int(length[3]), given)
    if word := _NO_WORD.fullmatch(text):
        return ErrorText("word_unknown", "{got!r} is not allowed here.", got=word[1].strip("'\""))
    return _unfit()


def member_named(message: str) -> str | None:
    """The member that an object lacks or has too many, by msgspec's own text; None if that is not what is wrong."""
    found = _MEMBER.fullmatch(_PLACE.sub("", message))
    return None if found is None else found[2]


def values_at(given: Any, path: str) -> list[Any]:
    """What stands at a path; several where it names no key of a mapping (``[...]``)."""
    found = [given]
    for index, name in _STEP.findall(path):
        found = [inner for each in found for inner in _inside(each, index, name)]
    return found


def _inside(value: Any, index: str, name: str) -> Iterable[Any]:
    if isinstance(value, dict):
        return value.values() if index == "..." else [value[name]] if name in value else []
    if isinstance(value, list) and index == "...":
        return value
    return [value[int(index)]] if isinstance(value, list) and index.isdecimal() and int(index) < len(value) else []


def unreadable(error: msgspec.DecodeError | UnicodeDecodeError) -> ErrorText:
    """Of what is no JSON at all."""
    found = re.search(r"byte (\d+)", str(error))
    if isinstance(error, UnicodeDecodeError):
        return ErrorText("json_not_utf8", "This is not valid JSON: byte {byte} is not UTF-8.", byte=error.start)
    if "out of range" in str(error):
        return ErrorText("json_number_too_large", "A number is too large: send it as text.")
    if found is None:
        return ErrorText("json_cut_off", "This is not valid JSON: it ends too early.")
    return ErrorText("json_malformed", "This is not valid JSON: byte {byte} is not expected there.", byte=int(found[1]))


def _unfit() -> ErrorText:
    """Of what msgspec says in words that are not known here, or about a value that cannot be found again."""
    return ErrorText("does_not_fit", "This value does not fit here.")


def _member(is_missing: bool, field: str) -> ErrorText:
    if is_missing:
        return ErrorText("member_missing", "Field {field!r} is missing.", field=field)
    return ErrorText("member_unknown", "There is no field {field!r} here.", field=field)


def _typed(expected: str, got: str) -> ErrorText:
    kinds = {each.strip() for each in expected.split("|")} - {"null"}
    if kinds == {"int"}:
        return ErrorText("must_be_whole", "This must be a whole number (got {got}).", got=got)
    if kinds <= {"int", "float"} and kinds:
        return ErrorText("must_be_number", "This must be a number (got {got}).", got=got)
    if kinds == {"str"}:
        return ErrorText("must_be_text", "This must be a text (got {got}).", got=got)
    if kinds == {"bool"}:
        return ErrorText("must_be_boolean", "This must be true or false (got {got}).", got=got)
    if kinds == {"array"}:
        return ErrorText("must_be_list", "This must be a list (got {got}).", got=got)
    if kinds == {"object"}:
        return ErrorText("must_be_object", "This must be an object (got {got}).", got=got)
    named = tuple(sorted(_JSON_TYPES.get(each, each) for each in kinds))
    return ErrorText("must_be_one_of", "This must be one of: {kinds} (got {got}).", kinds=named, got=got)


def _ranged(is_whole: bool, sign: str, bound: float, given: Sequence[Any]) -> ErrorText:
    limit = int(bound) if bound.is_integer() else bound
    numbers = [each for each in map(_number, given) if each is not None and not _HOLDS[sign](each, bound)]
    if not numbers:
        return _unfit()
    got = numbers[0]
    if is_whole:
        if sign in (">=", ">"):
            least = limit + (sign == ">")
            return ErrorText(
                "whole_least", "This must be a whole number of at least {least:,} (got {got:,}).", least=least, got=got
            )
        most = limit - (sign == "<")
        return ErrorText("whole_most", "This must be a whole number of at most {most:,} (got {got:,}).", most=most, got=got)
    if sign == ">=":
        return ErrorText("number_least", "This must be a number of at least {least:,} (got {got:,}).", least=limit, got=got)
    if sign == "<=":
        return ErrorText("number_most", "This must be a number of at most {most:,} (got {got:,}).", most=limit, got=got)
    if sign == ">":
        return ErrorText("number_above", "This must be a number above {least:,} (got {got:,}).", least=limit, got=got)
    return ErrorText("number_below", "This must be a number below {most:,} (got {got:,}).", most=limit, got=got)


def _number(value: Any) -> float | None:
    """A number as JSON or an address holds it."""
    if isinstance(value, str):
        try:
            return int(value) if value.strip().lstrip("+-").isdecimal() else float(value)
        except ValueError:
            return None
    return value if isinstance(value, int | float) else None


def _long(kind: str, sign: str, length: int, given: Sequence[Any]) -> ErrorText:
    if sign == ">=" and length == 1:
        return ErrorText("must_not_be_empty", "This must not be empty.")
    sizes = [len(each) for each in given if isinstance(each, str | list | dict) and not _HOLDS[sign](len(each), length)]
    if not sizes:
        return _unfit()
    got = sizes[0]
    if kind in ("array", "object"):
        if sign == ">=":
            return ErrorText("items_least", "This must have at least {least:,} items (got {got:,}).", least=length, got=got)
        if sign == "<=":
            return ErrorText("items_most", "This must have at most {most:,} items (got {got:,}).", most=length, got=got)
        return ErrorText("items_exactly", "This must have {items:,} items (got {got:,}).", items=length, got=got)
    if sign == ">=":
        return ErrorText("characters_least", "This must be at least {least:,} characters (got {got:,}).", least=length, got=got)
    if sign == "<=":
        return ErrorText("characters_most", "This must be at most {most:,} characters (got {got:,}).", most=length, got=got)
    return ErrorText("characters_exactly", "This must be {characters:,} characters (got {got:,}).", characters=length, got=got)

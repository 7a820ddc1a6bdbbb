"""What msgspec says of a value that does not fit its type, as a sentence of ours: its own text never reaches anybody."""

from __future__ import annotations

import re

import msgspec

from relance.core.error_text import ErrorText

_PLACE = re.compile(r" - at `(?:key in )?\$(.*)`$")
_MEMBER = re.compile(r"Object (missing required|contains unknown) field `(.*)`")
_TYPE = re.compile(r"Expected `([^`]*)`, got `[^`]*`")
_RANGE = re.compile(r"Expected `(int|float)` (<=|>=|<|>) (\S+)")
_LENGTH = re.compile(r"Expected `(str|array|object|bytes)` of (?:at least |at most )?length (>=|<=|==)? ?(\d+)")
_NO_WORD = re.compile(r"Invalid (?:enum )?value (.*)", re.DOTALL)


def mismatch(error: msgspec.ValidationError) -> tuple[str, ErrorText]:
    """The path within the value, as in ``.nodes[2].kind``, and what is wrong there."""
    text = str(error)
    found = _PLACE.search(text)
    return found[1] if found else "", mismatch_text(text)


def mismatch_text(told: str) -> ErrorText:
    """What is wrong, of msgspec's own text."""
    text = _PLACE.sub("", told)
    if member := _MEMBER.fullmatch(text):
        return _member(member[1].startswith("missing"), member[2])
    if expected := _TYPE.fullmatch(text):
        return _typed(expected[1])
    if bounds := _RANGE.fullmatch(text):
        return _ranged(bounds[1] == "int", bounds[2], float(bounds[3]))
    if length := _LENGTH.fullmatch(text):
        return _long(length[1], length[2] or "==", int(length[3]))
    if word := _NO_WORD.fullmatch(text):
        return ErrorText("word_unknown", "There is no such word here: {word}.", word=word[1].strip("'\"")[:100])
    return ErrorText("does_not_fit", "This value does not fit here.")


def unreadable(error: msgspec.DecodeError | UnicodeDecodeError) -> ErrorText:
    """Of what is no JSON at all."""
    found = re.search(r"byte (\d+)", str(error))
    if isinstance(error, UnicodeDecodeError):
        return ErrorText("json_not_utf8", "This is not valid JSON: byte {byte} is not UTF-8.", byte=error.start)
    if found is None:
        return ErrorText("json_cut_off", "This is not valid JSON: it ends too early.")
    return ErrorText("json_malformed", "This is not valid JSON: byte {byte} is not expected there.", byte=int(found[1]))


def _member(is_missing: bool, field: str) -> ErrorText:
    if is_missing:
        return ErrorText("member_missing", "The member {field} is missing.", field=field[:100])
    return ErrorText("member_unknown", "There is no member {field} here.", field=field[:100])


def _typed(expected: str) -> ErrorText:
    kinds = {each.strip() for each in expected.split("|")} - {"null"}
    if kinds == {"int"}:
        return ErrorText("must_be_whole", "This must be a whole number.")
    if kinds <= {"int", "float"} and kinds:
        return ErrorText("must_be_number", "This must be a number.")
    if kinds == {"str"}:
        return ErrorText("must_be_text", "This must be a text.")
    if kinds == {"bool"}:
        return ErrorText("must_be_boolean", "This must be true or false.")
    if kinds == {"array"}:
        return ErrorText("must_be_list", "This must be a list.")
    if kinds == {"object"}:
        return ErrorText("must_be_object", "This must be an object.")
    return ErrorText("must_be_one_of", "This must be one of: {kinds}.", kinds=tuple(sorted(kinds)))


def _ranged(is_whole: bool, sign: str, bound: float) -> ErrorText:
    limit = int(bound) if bound.is_integer() else bound
    if is_whole:
        if sign in (">=", ">"):
            return ErrorText("whole_least", "This must be a whole number of at least {least:,}.", least=limit + (sign == ">"))
        return ErrorText("whole_most", "This must be a whole number of at most {most:,}.", most=limit - (sign == "<"))
    if sign == ">=":
        return ErrorText("number_least", "This must be a number of at least {least:,}.", least=limit)
    if sign == "<=":
        return ErrorText("number_most", "This must be a number of at most {most:,}.", most=limit)
    if sign == ">":
        return ErrorText("number_above", "This must be a number above {least:,}.", least=limit)
    return ErrorText("number_below", "This must be a number below {most:,}.", most=limit)


def _long(kind: str, sign: str, length: int) -> ErrorText:
    if sign == ">=" and length == 1:
        return ErrorText("must_not_be_empty", "This must not be empty.")
    if kind in ("array", "object"):
        if sign == ">=":
            return ErrorText("items_least", "This must have at least {least:,} items.", least=length)
        if sign == "<=":
            return ErrorText("items_most", "This must have at most {most:,} items.", most=length)
        return ErrorText("items_exactly", "This must have {items:,} items.", items=length)
    if sign == ">=":
        return ErrorText("characters_least", "This must have at least {least:,} characters.", least=length)
    if sign == "<=":
        return ErrorText("characters_most", "This must have at most {most:,} characters.", most=length)
    return ErrorText("characters_exactly", "This must have {characters:,} characters.", characters=length)

"""Forms of structs: their fields, what each field holds, and the defaults of a new one. Derived from the struct. Pure.

Kinds of conditions and nodes are published this way; the dashboard draws its forms and pictures from them.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Literal, NamedTuple, get_args, get_origin, get_type_hints

import msgspec
from msgspec import inspect as types


class Role(StrEnum):
    """What a field holds, and therefore which input fills it in. Adjacent fields with the same role share one input."""

    ID = "id"  # its own name, by which other nodes of the graph refer to it
    TEXT = "text"  # a text
    NUMBER = "number"  # a number
    WHOLE = "whole"  # a whole number
    SWITCH = "switch"  # true or false
    CHOICE = "choice"  # one of ``choices``
    EVENT = "event"  # the name of an event
    PROPERTY = "property"  # the path of an event's property
    TRAIT = "trait"  # the name of a trait
    LENGTH = "length"  # a length of time: ``2h``
    WINDOW = "window"  # a period of time
    PREDICATES = "predicates"  # tests on an event's properties
    TESTS = "tests"  # tests on the entry event's properties and on traits
    HAPPENS = "happens"  # an event with predicates
    TEST = "test"  # how a value is tested: operator, value, and tests on a list's items
    FACT = "fact"  # a fact about the person, and how it is tested
    DEVICE = "device"  # tests on one device
    AMOUNT = "amount"  # how events are aggregated, and what the result is compared with
    STAGE = "stage"  # how a habit changed, and the window in which it did
    COUNT = "count"  # what a count of events is compared with
    AREA = "area"  # a circle or a polygon
    MESSAGE = "message"  # the id of a message of the app
    JOURNEY = "journey"  # the id of a journey of the app
    SEGMENT = "segment"  # the id of another segment of the app
    LIST = "list"  # the id of a static list of the app
    CHANNEL = "channel"  # a channel's name
    KEPT = "kept"  # the name under which an answer is kept for later nodes
    OWN_MESSAGE = "own_message"  # the node whose message is meant
    EDGE = "edge"  # the node that an edge leads to


class Hint(NamedTuple):
    """What a field's type does not say. ``begins``: the initial value of a new one; "" means that it must be filled in."""

    role: Role | None = None
    begins: Any = None


_BOUNDED = (Role.NUMBER, Role.WHOLE)

#: A struct's fields in the order in which people see them, under the names used in JSON.
Hints = Mapping[str, Hint]


class FieldForm(msgspec.Struct, frozen=True):
    """One field. ``begins`` is the initial value of a new one: null leaves the field out, and "" must still be filled in.

    ``default`` applies where the field is left out. ``choices`` lists every allowed value; empty means that any value is allowed.
    """

    name: str
    role: Role
    required: bool
    default: Any
    begins: Any
    choices: list[str]
    minimum: float | None
    maximum: float | None


class KindForm(msgspec.Struct, frozen=True):
    """A kind of condition or node, and its fields in the order in which people see them."""

    kind: str
    description: str
    fields: list[FieldForm]


def kind_form(kind: str, struct: type[msgspec.Struct], hints: Hints) -> KindForm:
    """The form of a struct. Raises ``KeyError`` if a field has no hint, or a hint no field."""
    found = types.type_info(struct)
    if not isinstance(found, types.StructType):
        raise TypeError(struct)
    by_name = {field.encode_name: field for field in found.fields}
    if by_name.keys() != hints.keys():
        raise KeyError(kind, *sorted(by_name.keys() ^ hints.keys()))
    written = get_type_hints(struct, include_extras=True)
    return KindForm(
        kind, said(struct), [_field(by_name[name], hint, _choices(written[by_name[name].name])) for name, hint in hints.items()]
    )


def said(struct: type[msgspec.Struct]) -> str:
    """The docstring as one paragraph."""
    return " ".join((inspect.getdoc(struct) or "").split()).replace("``", "`")


def _choices(written: Any) -> list[str]:
    """The literals of a type, in order of declaration."""
    if get_origin(written) is Literal:
        return [str(each) for each in get_args(written)]
    return [found for part in get_args(written) for found in _choices(part)]


def _field(field: types.Field, hint: Hint, choices: list[str]) -> FieldForm:
    kinds = _plain(field.type)
    role = hint.role or _role_of(kinds)
    numbers = [each for each in kinds if isinstance(each, types.IntType | types.FloatType)] if role in _BOUNDED else []
    default = None if field.default is msgspec.NODEFAULT else msgspec.to_builtins(field.default)
    if field.default_factory is not msgspec.NODEFAULT:
        default = msgspec.to_builtins(field.default_factory())
    return FieldForm(
        name=field.encode_name,
        role=role,
        required=field.required,
        default=default,
        begins=hint.begins,
        choices=choices,
        minimum=next((bound for each in numbers for bound in (each.ge, each.gt) if bound is not None), None),
        maximum=next((bound for each in numbers for bound in (each.le, each.lt) if bound is not None), None),
    )


def _plain(found: types.Type) -> list[types.Type]:
    """The possible types of a field."""
    if isinstance(found, types.Metadata):
        return _plain(found.type)
    if isinstance(found, types.UnionType):
        return [each for part in found.types for each in _plain(part)]
    return [found]


def _role_of(kinds: list[types.Type]) -> Role:
    """The role that follows from the type alone."""
    plain = {
        types.LiteralType: Role.CHOICE,
        types.BoolType: Role.SWITCH,
        types.IntType: Role.WHOLE,
        types.FloatType: Role.NUMBER,
    }
    return next((plain[type(each)] for each in kinds if type(each) in plain), Role.TEXT)

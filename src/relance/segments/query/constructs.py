"""What history's engines spell differently: one named construct each, compiled per dialect.

Unknown dialects are refused. Both engines use RE2, and both compare texts bytewise, that is, by code point.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.sql.functions import GenericFunction

from relance.core.paths import path_names

DUCKDB, CLICKHOUSE = "duckdb", "clickhousedb"


class json_exists(GenericFunction[bool]):  # noqa: N801 - named as it reads in SQL
    """Whether a path leads to something other than null. Arguments as from ``at``."""

    type = sa.Boolean()
    inherit_cache = True


class json_is_text(GenericFunction[bool]):  # noqa: N801
    """Whether a path leads to a text; NULL counts as no."""

    type = sa.Boolean()
    inherit_cache = True


class json_is_number(GenericFunction[bool]):  # noqa: N801
    """Whether a path leads to a number; NULL counts as no."""

    type = sa.Boolean()
    inherit_cache = True


class json_is_boolean(GenericFunction[bool]):  # noqa: N801
    """Whether a path leads to true or false; NULL counts as no."""

    type = sa.Boolean()
    inherit_cache = True


class json_is_object(GenericFunction[bool]):  # noqa: N801
    """Whether a path leads to an object; NULL counts as no."""

    type = sa.Boolean()
    inherit_cache = True


class json_text(GenericFunction[str]):  # noqa: N801
    """The value at a path as text: a string without quotes, a number or a boolean as in JSON."""

    type = sa.Text()
    inherit_cache = True


class json_number(GenericFunction[float]):  # noqa: N801
    """The number at a path; undefined if there is none."""

    type = sa.Double()
    inherit_cache = True


class json_number_only(GenericFunction[float]):  # noqa: N801
    """The number at a path, NULL if there is none."""

    type = sa.Double()
    inherit_cache = True


class json_elements(GenericFunction[str]):  # noqa: N801
    """The list at a path, as JSON texts; empty if there is none."""

    type = sa.Text()
    inherit_cache = True


class any_of(GenericFunction[bool]):  # noqa: N801
    """Whether a test over ``EACH`` holds for any element of a list: the list, the test."""

    type = sa.Boolean()
    inherit_cache = True


class first_of(GenericFunction[str]):  # noqa: N801
    """The first elements of a list: the list, how many."""

    type = sa.Text()
    inherit_cache = True


class odd_of(GenericFunction[bool]):  # noqa: N801
    """Whether a test over ``EACH`` holds for an odd number of a list's elements: the list, the test."""

    type = sa.Boolean()
    inherit_cache = True


class finds(GenericFunction[bool]):  # noqa: N801
    """Whether a text contains a match of an RE2 pattern; ``.`` does not match line ends unless the pattern says so."""

    type = sa.Boolean()
    inherit_cache = True


class part_of(GenericFunction[str]):  # noqa: N801
    """The match of a group of an RE2 pattern, empty if there is none: the text, the pattern, the group."""

    type = sa.Text()
    inherit_cache = True


class contains_text(GenericFunction[bool]):  # noqa: N801
    """Whether the first text contains the second."""

    type = sa.Boolean()
    inherit_cache = True


class starts_text(GenericFunction[bool]):  # noqa: N801
    """Whether the first text starts with the second."""

    type = sa.Boolean()
    inherit_cache = True


class to_number(GenericFunction[float]):  # noqa: N801
    """A text as a double, NULL if it is none."""

    type = sa.Double()
    inherit_cache = True


class number_text(GenericFunction[str]):  # noqa: N801
    """A double as the shortest text that parses to it."""

    type = sa.Text()
    inherit_cache = True


class digits(GenericFunction[int]):  # noqa: N801
    """A text of digits as an integer, 0 if it is none."""

    type = sa.BigInteger()
    inherit_cache = True


class day_number(GenericFunction[int]):  # noqa: N801
    """A text ``2024-02-29`` from 1900 to 2199 as days since 1970-01-01, NULL if there is no such day."""

    type = sa.BigInteger()
    inherit_cache = True


class local_moment(GenericFunction[int]):  # noqa: N801
    """ISO 8601 text as ms since 1970, ignoring its offset, NULL if there is no such day: the text; the same, computed."""

    type = sa.BigInteger()
    inherit_cache = True


class to_whole(GenericFunction[int]):  # noqa: N801
    """A double without a fraction as an integer; undefined beyond 64 bits."""

    type = sa.BigInteger()
    inherit_cache = True


class quotient(GenericFunction[int]):  # noqa: N801
    """Integer division, towards zero."""

    type = sa.BigInteger()
    inherit_cache = True


class wide_sum(GenericFunction[int]):  # noqa: N801
    """The sum of integers, in 128 bits."""

    type = sa.BigInteger()
    inherit_cache = True


class wide_number(GenericFunction[float]):  # noqa: N801
    """A 128-bit integer, less than 2⁸⁴, as the nearest double: split in two, so that it is rounded once."""

    type = sa.Double()
    inherit_cache = True


class order_key(GenericFunction[int]):  # noqa: N801
    """An event's instant, position and partition as one number that sorts like the three."""

    type = sa.BigInteger()
    inherit_cache = True


class md5_hex(GenericFunction[str]):  # noqa: N801
    """The MD5 of a text as 32 lower-case hexadecimal digits."""

    type = sa.Text()
    inherit_cache = True


#: The element tested inside ``any_of`` or ``odd_of``.
EACH: ColumnElement[str] = sa.literal_column("each", sa.Text)


def at(json: ColumnElement[str], path: str = "") -> tuple[Any, ...]:
    """The arguments of the ``json_…`` constructs: DuckDB takes a path, ClickHouse its names.

    ``a.b`` → ``$."a"."b"`` and a, b: names of members only, never list indexes. The rule's parser excludes quotes. Without a path
    it is the JSON itself.
    """
    names = path_names(path) if path else ()
    return (json, "$" + "".join(f'."{name}"' for name in names), *names)


Spelling = Callable[..., str]


def _spell(dialect: str, construct: type[GenericFunction[Any]], spelling: Spelling) -> None:
    """Compile ``construct`` for ``dialect``: ``spelling`` gets its arguments in that dialect's SQL.

    Of the two forms of a path, or a moment, each engine gets its own.
    """
    reads_json = construct.__name__.startswith("json_")

    def mine(arguments: Sequence[Any]) -> Sequence[Any]:
        if construct is local_moment:
            return arguments[:1] if dialect == DUCKDB else arguments[1:]
        if not reads_json:
            return arguments
        return arguments[:2] if dialect == DUCKDB else [arguments[0], *arguments[2:]]

    @compiles(construct, dialect)
    def spelled(element: Any, compiler: Any, **options: Any) -> str:
        return spelling(*(compiler.process(each, **options) for each in mine(list(element.clauses))))


def _function(name: str) -> Spelling:
    return lambda *arguments: f"{name}({', '.join(arguments)})"


def _json_type(test: str) -> Spelling:
    return lambda *arguments: f"(JSONType({', '.join(arguments)}) {test})"


_DUCKDB: dict[type[GenericFunction[Any]], Spelling] = {
    json_exists: lambda json, path: f"coalesce(json_type({json}, {path}) <> 'NULL', false)",
    json_is_text: lambda json, path: f"(json_type({json}, {path}) = 'VARCHAR')",
    json_is_number: lambda json, path: f"(json_type({json}, {path}) IN ('BIGINT', 'UBIGINT', 'DOUBLE', 'HUGEINT', 'UHUGEINT'))",
    json_is_boolean: lambda json, path: f"(json_type({json}, {path}) = 'BOOLEAN')",
    json_is_object: lambda json, path: f"(json_type({json}, {path}) = 'OBJECT')",
    json_text: _function("json_extract_string"),
    json_number: lambda json, path: f"TRY_CAST(json_extract_string({json}, {path}) AS DOUBLE)",
    # A text keeps its quotation marks, and so is not a number.
    json_number_only: lambda json, path: f"TRY_CAST(CAST(json_extract({json}, {path}) AS VARCHAR) AS DOUBLE)",
    json_elements: lambda json, path: f"json_extract({json}, {path} || '[*]')",
    any_of: lambda elements, test: f"(len(list_filter({elements}, lambda each: {test})) > 0)",
    first_of: lambda elements, count: f"list_slice({elements}, 1, {count})",
    odd_of: lambda elements, test: f"(len(list_filter({elements}, lambda each: {test})) % 2 = 1)",
    finds: _function("regexp_matches"),
    part_of: _function("regexp_extract"),
    contains_text: _function("contains"),
    starts_text: _function("starts_with"),
    to_number: lambda text: f"TRY_CAST({text} AS DOUBLE)",
    number_text: lambda number: f"CAST({number} AS VARCHAR)",
    digits: lambda text: f"coalesce(TRY_CAST({text} AS BIGINT), 0)",
    day_number: lambda text: f"date_diff('day', DATE '1970-01-01', TRY_CAST({text} AS DATE))",
    local_moment: lambda text: f"epoch_ms(TRY_CAST({text} AS TIMESTAMP))",
    to_whole: lambda number: f"TRY_CAST({number} AS BIGINT)",
    quotient: lambda one, other: f"(({one}) // ({other}))",
    wide_sum: _function("sum"),
    wide_number: lambda n: (
        f"(CAST(CAST(({n}) // 4294967296 AS BIGINT) AS DOUBLE) * CAST(4294967296 AS DOUBLE)"
        f" + CAST(CAST(({n}) % 4294967296 AS BIGINT) AS DOUBLE))"
    ),
    order_key: lambda at, position, partition: f"(CAST({at} AS HUGEINT) * {1 << 62} + ({position} * {1 << 14} + {partition}))",
    md5_hex: _function("md5"),
}
_CLICKHOUSE: dict[type[GenericFunction[Any]], Spelling] = {
    json_exists: _json_type("<> 'Null'"),
    json_is_text: _json_type("= 'String'"),
    json_is_number: _json_type("IN ('Int64', 'UInt64', 'Double')"),
    json_is_boolean: _json_type("= 'Bool'"),
    json_is_object: _json_type("= 'Object'"),
    json_text: _function("JSONExtractString"),
    json_number: _function("JSONExtractFloat"),
    json_number_only: lambda *at: (
        f"if(JSONType({', '.join(at)}) IN ('Int64', 'UInt64', 'Double'), JSONExtractFloat({', '.join(at)}), NULL)"
    ),
    json_elements: _function("JSONExtractArrayRaw"),
    any_of: lambda elements, test: f"arrayExists(each -> {test}, {elements})",
    first_of: lambda elements, count: f"arraySlice({elements}, 1, {count})",
    odd_of: lambda elements, test: f"(modulo(arrayCount(each -> {test}, {elements}), 2) = 1)",
    finds: lambda text, pattern: f"match({text}, concat('(?-s)', {pattern}))",
    part_of: lambda text, pattern, group: f"regexpExtract({text}, concat('(?-s)', {pattern}), {group})",
    contains_text: lambda text, part: f"(position({text}, {part}) > 0)",
    starts_text: _function("startsWith"),
    to_number: _function("toFloat64OrNull"),
    number_text: _function("toString"),
    digits: _function("toInt64OrZero"),
    # The 30th of February would be parsed as the 1st of March.
    day_number: lambda text: f"if(toString(toDate32OrNull({text})) = {text}, toInt64(toInt32(toDate32OrNull({text}))), NULL)",
    local_moment: lambda added: added,
    to_whole: _function("toInt64"),
    quotient: _function("intDiv"),
    wide_sum: lambda number: f"sum(toInt128({number}))",
    wide_number: lambda n: (
        f"(toFloat64(toInt64(intDiv({n}, 4294967296))) * toFloat64(4294967296) + toFloat64(toInt64(modulo({n}, 4294967296))))"
    ),
    order_key: lambda at, position, partition: f"(toInt128({at}) * {1 << 62} + ({position} * {1 << 14} + {partition}))",
    md5_hex: lambda text: f"lower(hex(MD5({text})))",
}
for _construct, _spelling in _DUCKDB.items():
    _spell(DUCKDB, _construct, _spelling)
for _construct, _spelling in _CLICKHOUSE.items():
    _spell(CLICKHOUSE, _construct, _spelling)

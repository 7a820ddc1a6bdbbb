"""What one rendering may cost, counted rather than timed, so that the same template and values always end alike. Pure.

A unit is about a microsecond. Loops are paid for when they are entered (rounds × what stands in them), variables when they
are looked up, filters before they run, by the size of what they are given. Sizes of values are bounded all the time:
what a filter returns or a tag captures has at most ``SIZE_LIMIT``, so that nothing grows by being used again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, cast

from liquid import RenderContext
from liquid.exceptions import LiquidError, OutputStreamLimitError
from liquid.output import LimitedStringIO
from typing_extensions import override

from relance.core.error_text import ErrorText

if TYPE_CHECKING:
    from relance.templates.dates import Reader

BUDGET = 200_000  # units of one rendered field
SIZE_LIMIT = 500_000  # of one value: characters, those of all its parts together
LENGTH_LIMIT = 10_000  # elements of one list or range
LARGEST_NUMBER = 2**63
_LOCALS_LIMIT = SIZE_LIMIT  # of all values that a template assigns
_NAMES_LIMIT = 1_000
_SIZE_A_UNIT = 50


class OverBudgetError(LiquidError):
    """The template takes more work or room than one message may."""


class MissingValueError(LiquidError):
    """A value that the message cannot do without is not known of this person; ``name`` is the variable's."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is required, and is missing", token=None)
        self.name = name


class Budget:
    """What is left of it."""

    __slots__ = ("_held", "_sizes", "left")

    def __init__(self, units: int = BUDGET) -> None:
        self.left = units
        self._held = 0
        self._sizes: dict[str, int] = {}

    def spend(self, units: int) -> None:
        self.left -= units
        if self.left < 0:
            raise OverBudgetError(ErrorText("template_work", "The template takes too much work for one message."), token=None)

    def hold(self, name: str, size: int) -> None:
        """A template assigned a value of this size to this name."""
        self._held += size - self._sizes.get(name, 0)
        self._sizes[name] = size
        if self._held > _LOCALS_LIMIT or len(self._sizes) > _NAMES_LIMIT:
            raise OverBudgetError(ErrorText("template_variables", "The template keeps too much in variables."), token=None)


def size_of(value: object) -> int:
    """The size of a value, with all its parts. Raises ``OverBudgetError`` once it is over the limit."""
    if isinstance(value, str):
        size = len(value) + 1
        if size <= SIZE_LIMIT:
            return size
    size, waiting = 0, [value]
    while waiting and size <= SIZE_LIMIT:
        each = waiting.pop()
        if isinstance(each, str):
            size += len(each) + 1
        elif isinstance(each, range):
            size += 8 * _length(each) + 8
        elif isinstance(each, list | tuple):
            size += 8 + 2 * len(each)
            if len(each) > LENGTH_LIMIT:
                raise OverBudgetError(
                    ErrorText(
                        "value_elements",
                        "A list in a template must have at most {most:,} elements (got {got:,}).",
                        most=LENGTH_LIMIT,
                        got=len(each),
                    ),
                    token=None,
                )
            waiting.extend(each)
        elif isinstance(each, dict):
            size += 8 + 2 * len(each)
            waiting.extend(each)
            waiting.extend(each.values())
        else:
            size += 8
    if size > SIZE_LIMIT:
        raise OverBudgetError(
            ErrorText("value_characters", "A value in a template must be at most {most:,} characters.", most=SIZE_LIMIT),
            token=None,
        )
    return size


def bounded(value: object) -> object:
    """``value``, refused if it is too large to go on with."""
    if isinstance(value, int) and not -LARGEST_NUMBER < value < LARGEST_NUMBER:
        raise OverBudgetError(ErrorText("template_number", "A number in the template is too large."), token=None)
    size_of(value)
    return value


def _length(value: range) -> int:
    if value and (value[-1] - value[0]) >= LENGTH_LIMIT:
        raise OverBudgetError(
            ErrorText(
                "range_numbers",
                "A range in a template must have at most {most:,} numbers (got {got:,}).",
                most=LENGTH_LIMIT,
                got=value[-1] - value[0] + 1,
            ),
            token=None,
        )
    return len(value)


class MeteredBuffer(LimitedStringIO):
    """Output that is paid for: what is captured and thrown away is work, too.

    It is kept in ``pieces``, as they were written. ``outline`` is the same with None in place of each value that was put in.
    """

    def __init__(self, limit: int, budget: Budget) -> None:
        super().__init__(limit)
        self.pieces: list[str] = []
        self.outline: list[str | None] = []
        self._budget = budget

    @override
    def write(self, text: str) -> int:
        self.outline.append(text)
        return self._add(text)

    def put(self, text: str) -> int:
        """Write a value."""
        self.outline.append(None)
        return self._add(text)

    @override
    def getvalue(self) -> str:
        return "".join(self.pieces)

    def _add(self, text: str) -> int:
        length = len(text)
        self._budget.spend(1 + length // _SIZE_A_UNIT)
        self.size += length if text.isascii() else len(text.encode())
        if self.size > self.limit:
            raise OutputStreamLimitError("output stream limit reached", token=None)
        self.pieces.append(text)
        return length


class Metered(RenderContext):
    """A rendering that pays for what it does. ``reader`` is whom dates are for; ``all_required``: nothing may be missing.

    ``missing``, if it is a list, is told the names of variables with nothing to say where the template puts them in.
    """

    __slots__ = ("all_required", "budget", "loop_weight", "missing", "reader", "snippets")

    budget: Budget
    reader: Reader
    all_required: bool
    missing: list[str] | None
    loop_weight: int  # of the loop that is being entered: units a round
    snippets: Mapping[str, str]  # name → source

    @override
    def copy(self, namespace: Mapping[str, object], *given: Any, **more: Any) -> Metered:
        made = cast("Metered", super().copy(namespace, *given, **more))
        made.budget, made.reader, made.snippets = self.budget, self.reader, self.snippets
        made.all_required, made.missing, made.loop_weight = self.all_required, self.missing, self.loop_weight
        return made

    @override
    def get(self, path: list[object], *, token: Any, **others: Any) -> object:
        value = super().get(path, token=token, **others)
        if isinstance(value, Collection):
            self.budget.spend(1 + len(value) // _SIZE_A_UNIT)
        else:
            self.budget.spend(1)
        return value

    @override
    def assign(self, key: str, val: Any) -> None:
        size = size_of(val)
        self.budget.spend(1 + size // _SIZE_A_UNIT)
        self.budget.hold(key, size)
        self.locals[key] = val

    @override
    def loop(self, namespace: Mapping[str, object], forloop: Any) -> Any:
        self.budget.spend(forloop.length * self.loop_weight)
        return super().loop(namespace, forloop)

    @override
    def cycle(self, key: object, length: int) -> int:
        size = size_of(key)
        self.budget.spend(1 + size // _SIZE_A_UNIT)
        self.budget.hold(f"\x00{key}", size)
        return super().cycle(key, length)

    @override
    def get_buffer(self, buf: Any = None) -> MeteredBuffer:
        carry = buf.size if isinstance(buf, LimitedStringIO) else 0
        return MeteredBuffer((self.env.output_stream_limit or SIZE_LIMIT) - carry, self.budget)

"""Whether some moment can pass all fixed comparisons of one property. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from relance.segments.rule.conditions import Predicate, moment_at


def some_moment_passes(tests: Sequence[Predicate]) -> bool:
    """``before`` and ``after`` are bounds: earlier than the one, at or later than the other."""
    befores = [moment_at(test.value, None, 0) for test in tests if test.is_ == "before"]  # type: ignore[arg-type]
    afters = [moment_at(test.value, None, 0) for test in tests if test.is_ == "after"]  # type: ignore[arg-type]
    return not befores or not afters or max(afters) < min(befores)

"""Whether a moment may pass all tests of one property that compare it with moments that stand still. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from relance.segments.rule.conditions import Predicate, moment_at


def some_moment_passes(tests: Sequence[Predicate]) -> bool:
    """``before`` and ``after`` are bounds: earlier than the one, at the other or later."""
    befores = [moment_at(test.value, None, 0) for test in tests if test.is_ == "before"]  # type: ignore[arg-type]
    afters = [moment_at(test.value, None, 0) for test in tests if test.is_ == "after"]  # type: ignore[arg-type]
    return not befores or not afters or max(afters) < min(befores)

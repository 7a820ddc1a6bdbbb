"""What the tests themselves keep to, so that neither chance nor a busy machine refuses a change."""

from __future__ import annotations

import ast
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
DEFAULTS = "conftest.py"  # where the profiles are


def test_who_suppresses_a_health_check_suppresses_all() -> None:
    """A list of one's own replaces the profile's: what leaves out ``too_slow`` fails wherever ten draws take a second."""
    narrow = [
        f"{path.relative_to(TESTS)}:{each.value.lineno}"
        for path in sorted(TESTS.rglob("*.py"))
        if path.name != DEFAULTS
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        for each in node.keywords
        if each.arg == "suppress_health_check" and ast.unparse(each.value) != "list(HealthCheck)"
    ]
    assert not narrow, f"Write suppress_health_check=list(HealthCheck) in {', '.join(narrow)}."

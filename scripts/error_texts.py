"""Write the dashboard's English of errors from the ``ErrorText`` calls in the sources, so that one place words them.

The other languages are written by hand, in the file of the same name beside it; ``tests/docs/test_error_texts.py`` compares.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "relance"
ENGLISH = ROOT / "dashboard" / "src" / "words" / "en" / "errors.ts"
FRENCH = ROOT / "dashboard" / "src" / "words" / "fr" / "errors.ts"
_HEAD = """\
/**
 * What errors say, by their reasons. Made by scripts/error_texts.py from the program's own sentences: change those, then
 * run `make docs`.
 */
"""
_CONVERTED = re.compile(r"\{(\w+)!r(?::[^{}]*)?\}")
_FIELD = re.compile(r"\{(\w+)(?::[^{}]*)?\}")


class Call(NamedTuple):
    """One ``ErrorText(reason, template, …)``: where it stands, and the names of its parameters."""

    place: str
    reason: str
    template: str
    parameters: tuple[str, ...]

    @property
    def fields(self) -> set[str]:
        """The parameters that the template names."""
        return {name for _, name, _, _ in Formatter().parse(self.template) if name}


def calls() -> Iterator[Call]:
    """Every call in the sources. Raises ``ValueError`` where a reason or a template is not written out."""
    for path in sorted(SOURCE.rglob("*.py")):
        if path.name == "error_text.py":
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "ErrorText":
                place = f"{path.relative_to(ROOT)}:{node.lineno}"
                given = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
                if len(given) != 2 or len(node.args) != 2 or any(each.arg is None for each in node.keywords):
                    raise ValueError(f"{place}: write the reason, the template and the names of the parameters out")
                yield Call(place, given[0], given[1], tuple(each.arg or "" for each in node.keywords))


def shown(template: str) -> str:
    """The template as the dashboard fills it: names alone, which it writes as its readers do."""
    bare = _FIELD.sub(r"{\1}", _CONVERTED.sub(r"“{\1}”", template.replace("{{", "\0").replace("}}", "\1")))
    return bare.replace("\0", "{").replace("\1", "}")


def english() -> str:
    """The file."""
    texts = {call.reason: shown(call.template) for call in calls()}
    lines = [f"  {reason}: {json.dumps(text, ensure_ascii=False)},\n" for reason, text in sorted(texts.items())]
    return _HEAD + "export const errors = {\n" + "".join(lines) + "};\n"


def main() -> int:
    text = english()
    if not ENGLISH.exists() or ENGLISH.read_text() != text:
        print(f"{'differs' if '--check' in sys.argv else 'written'}: {ENGLISH.relative_to(ROOT)}")
        if "--check" in sys.argv:
            return 1
        ENGLISH.write_text(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Segments as YAML in files: read with the line of everything, so that an error names file, line and path; and written.

```yaml
segments:
  - name: Lapsing buyers
    rule:
      all:
        - {kind: behaviour, event: Order Completed, window: {last: 90d}}
        - not: {kind: segment, segment: Staff}   # other segments and lists by their names
```

Plain scalars are read as JSON would have them: numbers, true, false, null, and text for everything else; so ``on``, ``no``
and dates are texts.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from relance.cli.errors import ServerError
from relance.core.error_text import ErrorText
from relance.core.tables import decoded

MAX_BYTES = 4_194_304
MAX_VALUES = 200_000  # contents of anchors count each time they are repeated

_WHOLE = re.compile(r"-?(0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"-?[0-9]{1,17}\.[0-9]*([eE][-+][0-9]{1,3})?")
_WORDS = {"null": None, "~": None, "": None, "true": True, "false": False}


class RuleEntry(NamedTuple):
    """A segment of a file. ``lines`` maps paths to lines."""

    file: str
    name: str
    rule: Any
    lines: dict[str, int]

    def wrong(self, message: str, path: str) -> ServerError:
        """The error for a path of the rule."""
        return _wrong(self.file, self.line(path), path, f"{message} (segment “{self.name}”)")

    def line(self, path: str) -> int:
        """The line of a path, or of the nearest one around it."""
        while path and path not in self.lines:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.lines.get(path, self.lines[""])


def read_files(paths: list[Path]) -> list[RuleEntry]:
    """All segments of all files. Raises ``ServerError`` with file, line and path of the first error."""
    entries: list[RuleEntry] = []
    for path in paths:
        entries += _read_file(path)
    named: dict[str, RuleEntry] = {}
    for each in entries:
        before = named.setdefault(each.name, each)
        if before is not each:
            where = f"{before.file}, line {before.lines['']}"
            raise _wrong(each.file, each.lines[""], "name", f"There is a segment “{each.name}” in {where} already.")
    return entries


def values_of(path: Path) -> Any:
    """A file's values, whatever they are. Raises ``ServerError`` if it is no YAML."""
    reader = YamlReader(str(path))
    return reader.value(reader.compose(path), "", {})


def written(segments: list[dict[str, Any]]) -> str:
    """Segments (name, rule) as the text of a file."""
    text: str = yaml.safe_dump({"segments": segments}, sort_keys=False, allow_unicode=True, width=120)
    return text


def _read_file(path: Path) -> list[RuleEntry]:
    reader = YamlReader(str(path))
    root = reader.compose(path)
    members = reader.members(root, "", ("segments",))
    found = members["segments"]
    if not isinstance(found, yaml.SequenceNode):
        raise reader.wrong(found, "segments", "This is a list of segments, each with a name and a rule.")
    return [_entry(reader, node, f"segments[{place}]") for place, node in enumerate(found.value)]


def _entry(reader: YamlReader, node: yaml.Node, path: str) -> RuleEntry:
    members = reader.members(node, path, ("name", "rule"))
    lines = {"": _line(node)}
    name = reader.value(members["name"], f"{path}.name", {})
    if not isinstance(name, str) or not name.strip():
        raise reader.wrong(
            members["name"], f"{path}.name", "A segment's name must be text: put it in quotation marks if need be."
        )
    return RuleEntry(reader.file, name, reader.value(members["rule"], "rule", lines), lines)


class YamlReader:
    """Parses one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._left = MAX_VALUES

    def compose(self, path: Path) -> yaml.Node:
        """The file's tree."""
        try:
            raw = path.read_bytes()
            if len(raw) > MAX_BYTES:
                raise ServerError(ErrorText.local(f"{path} is larger than {MAX_BYTES:,} bytes."))
            node = yaml.compose(decoded(raw, str(path), may_say=False), Loader=yaml.BaseLoader)
        except OSError as error:
            raise ServerError(ErrorText.local(f"{path} cannot be read: {error.strerror}.")) from error
        except RecursionError as error:
            raise ServerError(ErrorText.local(f"{path} is nested too deeply.")) from error
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise _wrong(self.file, line, "", f"This is not valid YAML: {error.problem}.") from error
        except yaml.YAMLError as error:
            raise ServerError(ErrorText.local(f"{path} is not valid YAML: {error}.")) from error
        if node is None:
            raise ServerError(ErrorText.local(f"{path} is empty."))
        return node

    def members(self, node: yaml.Node, path: str, names: tuple[str, ...]) -> dict[str, yaml.Node]:
        """The members of an object that must have exactly these."""
        if not isinstance(node, yaml.MappingNode):
            raise self.wrong(node, path, f"This has {' and '.join(names)}.")
        found = {key.value: value for key, value in node.value if isinstance(key, yaml.ScalarNode)}
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.value not in names:
                raise self.wrong(key, path, f"Unknown field; expected one of {', '.join(names)}.")
        missing = next((name for name in names if name not in found), None)
        if missing is not None:
            raise self.wrong(node, path, f"The {missing} is missing.")
        return found

    def value(self, node: yaml.Node, path: str, lines: dict[str, int]) -> Any:
        """A node as JSON values; records the line of every path in it."""
        self._left -= 1
        if self._left < 0:
            raise self.wrong(node, path, f"A file holds {MAX_VALUES:,} values at most.")
        lines[path] = _line(node)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(each, f"{path}[{place}]", lines) for place, each in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._object(node, path, lines)
        return _scalar(node)

    def _object(self, node: yaml.MappingNode, path: str, lines: dict[str, int]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                raise self.wrong(key, path, "A field name must be text.")
            if key.value in found:
                raise self.wrong(key, f"{path}.{key.value}", "This field appears twice.")
            found[key.value] = self.value(value, f"{path}.{key.value}", lines)
        return found

    def wrong(self, node: yaml.Node, path: str, message: str) -> ServerError:
        return _wrong(self.file, _line(node), path, message)


def _scalar(node: Any) -> Any:
    text: str = node.value
    if node.style is not None:  # quoted, or a block of text
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _WHOLE.fullmatch(text):
        return int(text)
    return float(text) if _NUMBER.fullmatch(text) else text


def _line(node: yaml.Node) -> int:
    line: int = node.start_mark.line
    return line + 1


def _wrong(file: str, line: int, path: str, message: str) -> ServerError:
    return ServerError(
        ErrorText.local(f"{file}, line {line}{f', {path}' if path else ''}: {message}"), file=file, line=line, path=path
    )

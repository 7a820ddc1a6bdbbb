"""Write ``docs/reference/*.md`` from the code and ``docs/stories.md`` from its tests, so that what is documented is what runs.

``--check`` writes nothing and exits with 1 if a page differs from what the code says.
"""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import pkgutil
import re
import sys
import tomllib
from collections.abc import Callable, Iterable, Sequence
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

import msgspec
from cyclopts import App, Parameter

import relance
from relance.cli.commands import app as command_line
from relance.core.configuration import PREFIX, Settings
from relance.core.encoding import to_json
from relance.core.errors import RelanceError
from relance.core.forms import KindForm, Role
from relance.events.causes import LONGEST_CHAIN
from relance.events.model import EVENT_DESCRIPTIONS, Kind, Name, Note, Reason
from relance.events.placeholders import PLACEHOLDERS
from relance.journeys.graph import Entry, Exit
from relance.journeys.missed import MISSES, MissReason
from relance.journeys.model import LeaveReason
from relance.journeys.schema import node_forms
from relance.messaging.credit.conversion_records import REFUND_EVENT
from relance.messaging.model import DESCRIPTIONS, DeliveryState, Goal, SkipReason
from relance.pipeline.rejections import REFUSALS, UNSETTLEABLE
from relance.restraint.country_hours import COUNTRY_HOURS
from relance.segments.definition.evidence import MEASURES
from relance.segments.rule.forms import condition_forms
from relance.users.model import Refusal
from relance.web.api.providers import provider_types
from relance.web.app import document
from relance.web.errors import STATUS, status_of
from relance.web.ingest.notebook import BURST

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "reference"
MADE = "<!-- Made by scripts/reference.py; change the code, then run `make docs`. -->\n\n"

_MEMBER = re.compile(r"^\s+[A-Z_]+ = \"([a-z_]+)\"(?:\s+# (.+))?$", re.MULTILINE)
_STATUS_ONLY = {
    "method_not_allowed": "The address exists, but not for this HTTP method.",
    "unsupported_media_type": "The request's media type is not the one the route takes.",
    "head_too_large": "The request line and the headers have more than 64 KB.",
    "request_timeout": "The request did not come to its end in time: 10 seconds for the headers, 120 for the body.",
}


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; bars inside cells are escaped."""
    lines = ["| " + " | ".join(head) + " |", "|" + "---|" * len(head)]
    lines += ["| " + " | ".join(_cell(each) for each in row) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")


def code(value: object) -> str:
    return f"`{value}`"


def said(thing: Any) -> str:
    """A docstring as Markdown: one paragraph, reStructuredText's double ticks made single."""
    return " ".join((inspect.getdoc(thing) or "").split()).replace("``", "`")


def comments(enum: type[Enum]) -> dict[str, str]:
    """What stands as a comment behind each member of an enum."""
    return {value: text or "" for value, text in _MEMBER.findall(inspect.getsource(enum))}


def sentence(text: str) -> str:
    text = text.replace("``", "`")
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


# -- settings ----------------------------------------------------------------------------------------------------------


def settings() -> str:
    hints = get_type_hints(Settings, include_extras=True)
    rows = []
    for field in msgspec.structs.fields(Settings):
        kind, meta = get_args(hints[field.name])
        limits = [f"{word} {bound}" for word, bound in (("from", meta.ge), ("to", meta.le)) if bound is not None]
        about = f"{kind.__name__}{', ' + ' '.join(limits) if limits else ''}"
        rows.append((code(field.name), code(PREFIX + field.name.upper()), about, code(to_json(field.default)), meta.description))
    return (
        "# Settings\n\n"
        "A setting is looked for on the command line (some), in the environment, in the TOML file given with `--config`, "
        "and last in the defaults below; the first that has it wins. The file is flat:\n\n"
        '```toml\nport = 8400\nbase_url = "https://relance.example.org"\n```\n\n'
        "An unknown name in the file is an error; one in the environment is ignored.\n\n"
        + table(("in the file", "in the environment", "type", "default", "what it is for"), rows)
    )


# -- events ------------------------------------------------------------------------------------------------------------


_READ = (
    (
        "the event of a goal (`Order Completed`)",
        "`total`, else `revenue`: what it brought; `currency`; `order_id`: sent twice, it counts once",
    ),
    (
        f"`{REFUND_EVENT}`",
        "`order_id`: the order; `total`, else `revenue`, else the prices of `products`, else all: what is taken off; `currency`; "
        "`refund_id`: sent twice, it counts once",
    ),
)


def events() -> str:
    rows = [(code(name.value), EVENT_DESCRIPTIONS[name]) for name in Name]
    kinds = [(code(value), sentence(text)) for value, text in comments(Kind).items()]
    reasons = [(code(value), sentence(text)) for value, text in comments(LeaveReason).items() if text]
    states = [(code(value), sentence(text)) for value, text in comments(DeliveryState).items() if text]
    return (
        "# Events\n\n"
        "## Events that Relance writes\n\n"
        "They stand in a person's timeline beside what your own apps send, and segments and journeys can use them by name. "
        "`delivery`, `message`, `journey` and `node` say which; members without a value are left out.\n\n"
        + table(("event", "what happened"), rows)
        + "\n`reason` of `journey_left`:\n\n"
        + table(("reason", "meaning"), [*reasons, (code("completed"), "The run came to an end of the graph.")])
        + "\nStates of a delivery:\n\n"
        + table(("state", "meaning"), states)
        + "\n## Events that Relance reads\n\n"
        "What you send under these names or with these properties has a meaning of its own, as in the Segment spec; "
        "[how credit is given](../how-to/credit.md) says the whole rule.\n\n"
        + table(("event", "what is read"), _READ)
        + "\n## Kinds of record\n\n"
        "Every record of the log has a kind. The first six are the Segment spec's; the others are written by Relance itself. "
        "`merge` and `delete` are commands and do not stand in a timeline.\n\n"
        + table(("kind", "what it is"), kinds)
        + "\n## Chains\n\n"
        "Journeys emit events, and events start journeys. To prevent cycles, each event "
        "that Relance writes carries the journeys that brought it about (`caused_by` in its context), and **none of them is "
        "entered by it again**. That holds over any number of journeys, by way of segments (`segment_entered` that follows from "
        f"`message_sent`) and after any wait; what {LONGEST_CHAIN} journeys in a row have brought about starts no further one. "
        "Whoever is kept out has a [record that says so](skip-reasons.md#missed-entries).\n\n"
        "What a person does begins a new chain: their own events, `message_clicked`, `message_dismissed` and "
        "`message_unsubscribed`. `message_opened` does not, since mailboxes load pictures by themselves. A conversion carries "
        "what its event carries, nothing of a purchase. What a segment does because time has passed begins a new chain, too: "
        '"no message for 30 days" comes true again every 30 days. A run that waits for its own message\'s events and comes back '
        "to the same wait without any time between hears the first round only.\n"
    )


# -- errors ------------------------------------------------------------------------------------------------------------


def modules() -> list[ModuleType]:
    """Every module that may define an error."""
    names = [each.name for each in pkgutil.walk_packages(relance.__path__, "relance.")]
    return [importlib.import_module(name) for name in names if name.endswith((".errors", "sandbox.push"))]


def error_classes() -> list[type[RelanceError]]:
    """Every error with a code, the general ones first, then by code and name."""
    modules()
    found: list[type[RelanceError]] = []
    left = [RelanceError]
    while left:
        each = left.pop()
        found.append(each)
        left += each.__subclasses__()
    found.remove(RelanceError)
    return sorted(set(found), key=lambda each: (each.__module__ != "relance.core.errors", each.code, each.__name__))


MENDED = (
    "An event is worth more than its faults. What can be mended is, and the event is taken; what was done stands in `notes` of "
    "the answer, and as `kind` `note` under `…/rejected` and on the page *Developers*: one of a kind for each request, and "
    f"after {BURST} of a kind one a minute. `POST /api/v1/apps/{{app}}/events`, whose caller reads the answer, refuses "
    "instead.\n\n"
    "What stands beside the events of a batch costs none of them either: a `sentAt` that cannot be read corrects no clock, and "
    "of `context` the fields that nobody can keep (NaN, half of a surrogate pair, a number beyond 64 bits …) are left out. The "
    "`index` of such a note is null. A byte-order mark before the body is no part of it.\n\n"
)
IDS_AND_INSTANTS = (
    "\n**Ids that are none.** As `userId`, `anonymousId`, `previousId`, `groupId` or `messageId`, in capitals or small letters, "
    f"with or without quotation marks, these are no id: {', '.join(map(code, PLACEHOLDERS))}; zeros alone, as `0` or the UUID of "
    "zeros; a template that nobody filled in, as `{{ user.id }}`. A `messageId` like that is replaced by a new one. An event "
    "with another id is taken under that; else the reason is `placeholder_id`.\n\n"
    "**When an event happened.** `timestamp`, or `originalTimestamp`, in ISO 8601; without an offset it is UTC. The sender's "
    "clock is corrected by `sentAt` of the message, or else of the batch: `receipt − (sentAt − timestamp)`. Where both "
    "`originalTimestamp` and another `timestamp` are given, the latter has been corrected already and is taken at its word. "
    "`sentAt` is believed if it is within a day of the receipt, or from a day before to 30 days after the timestamp. What is "
    "later than the receipt is read as the receipt. Imported events are taken at their word, and refused if that cannot be "
    "read.\n"
)


def errors() -> str:
    by_code: dict[str, list[type[RelanceError]]] = {}
    for each in error_classes():
        by_code.setdefault(each.code, []).append(each)
    rows: list[tuple[object, ...]] = []
    for name, classes in by_code.items():
        texts = [said(each) for each in classes]
        rows.append((code(name), STATUS.get(name) or status_of(classes[0]), "<br>".join(dict.fromkeys(texts))))
    rows += [(code(name), STATUS.get(name, 415), text) for name, text in _STATUS_ONLY.items()]
    reasons = [(code(value), sentence(text)) for value, text in comments(Reason).items()]
    notes = [(code(value), sentence(text)) for value, text in comments(Note).items()]
    refusals = [(code(value), REFUSALS[value]) for value in Refusal]
    duplicate = (code("duplicate_id"), "An event with this `messageId` and other content was accepted before.")
    unsettleable = (
        code(UNSETTLEABLE),
        "No tick could settle the event; `detail` says why. A fault of the program: please report it.",
    )
    return (
        "# Errors\n\n"
        "Every error answer has one shape. `code` is stable, `message` is for people, `data` for programs "
        "(`data.path` names the place of what is wrong):\n\n"
        '```json\n{"error": {"code": "invalid", "message": "A name has 1 to 200 characters.", "reason": "name_length",\n'
        '           "parameters": {"most": 200}, "data": {"path": "name"}}}\n```\n\n'
        "`reason` names the sentence, and `parameters` are what it was filled with: a client that speaks another language words "
        "it from these, as the dashboard does. A parameter may be a sentence of its own (`message`, `reason`, `parameters`). "
        "Where nothing is to be told apart beyond the code, `reason` is null.\n\n"
        "## Codes\n\n"
        "Statuses 429 and 503 come with `Retry-After`. Codes with status 500 that are about starting, the demo or the worker "
        "are seen in the log or the terminal, not in answers.\n\n"
        + table(("code", "status", "meaning"), rows)
        + "\n## Why an event was set aside\n\n"
        "A batch that can be read is answered 200; what could not be taken stands in `rejected` of the answer and under "
        "`GET /api/v1/apps/{app}/rejected`. A single event that cannot be taken is answered 400 with the reason as the code.\n\n"
        + table(("reason", "meaning"), reasons)
        + "\nFound out later, when the event settles; only under `…/rejected`:\n\n"
        + table(("reason", "meaning"), [duplicate, *refusals, unsettleable])
        + "\n## What is mended\n\n"
        + MENDED
        + table(("reason", "meaning"), notes)
        + IDS_AND_INSTANTS
    )


def skip_reasons() -> str:
    rows = [(code(each.value), DESCRIPTIONS[each]) for each in SkipReason]
    return (
        "# Skip reasons\n\n"
        "Why a delivery was not sent. The list is closed; each delivery that was skipped carries one of them, and so does its "
        "`message_skipped` event. [How to read it](../how-to/why-not-sent.md).\n\n"
        + table(("reason", "meaning"), rows)
        + "\n## Missed entries\n\n"
        "Why an event that passes a journey's entry started no run. This list is closed, too. `GET "
        "/apps/{app}/people/{person}/missed-entries` tells the newest of each journey, reason and key, and how many there were; "
        "they are kept for 90 days, of up to 16 keys. What an import brings leaves no record: it never starts anything.\n\n"
        + table(("reason", "meaning"), [(code(each.value), MISSES[each]) for each in MissReason])
    )


# -- journeys and rules ------------------------------------------------------------------------------------------------


def fields_of(struct: type[msgspec.Struct]) -> list[tuple[object, ...]]:
    rows = []
    for field in msgspec.structs.fields(struct):
        if field.required:
            default = "must be given"
        elif field.default is not msgspec.NODEFAULT:
            default = code(to_json(field.default))
        else:
            default = code("[]")
        rows.append((code(field.encode_name), default))
    return rows


def journey_nodes() -> str:
    parts = [
        "# Journeys: the graph and its nodes\n\n"
        "A graph has `entry`, `nodes`, `start` (the id of the first node), and may have `exits` and a `goal`. "
        "Lengths of time are a number and one of `s`, `m`, `h`, `d`, `w`. An edge that is `null` ends the run.\n\n"
        "What is checked when a graph is saved: every edge leads to a node, every node can be reached, and no circle can be "
        "run through without waiting. The answer to a graph that is wrong names the place in `data.path`.\n"
    ]
    for name, struct in (("entry", Entry), ("exits[…]", Exit), ("goal", Goal)):
        parts.append(f"\n## `{name}`\n\n{said(struct)}\n\n{table(('field', 'default'), fields_of(struct))}")
    for each in node_forms():
        rows = [("`kind`", code(to_json(each.kind)), ""), *form_fields(each)]
        parts.append(f"\n## Node `{each.kind}`\n\n{each.description}\n\n{table(('field', 'default', 'holds'), rows)}")
    parts.append(
        "\nThe tests of a `branch` are predicates of the entry event's properties "
        '(`{"property": "total", "is": ">", "value": 50}`) or of the person\'s traits '
        '(`{"kind": "trait", "name": "plan", "is": "=", "value": "pro"}`); see [rules](rules.md).\n'
    )
    return "".join(parts)


def form_fields(form: KindForm) -> list[tuple[object, ...]]:
    """Each field: its name, its default, and what it holds."""
    return [
        (
            code(field.name),
            "must be given" if field.required else code(to_json(field.default)),
            code(field.role) + (f": {', '.join(map(code, field.choices))}" if field.role is Role.CHOICE else ""),
        )
        for field in form.fields
    ]


def forms() -> str:
    roles = [(code(value), sentence(text)) for value, text in comments(Role).items() if text]
    parts = [
        "# Kinds of conditions and nodes, as data\n\n"
        "Editors need not list them: `GET /api/v1/apps/{app}/segments/conditions` answers the kinds of conditions of a rule, "
        "`GET /api/v1/apps/{app}/journeys/nodes` the kinds of nodes of a graph, each with its fields in the order in which "
        "people fill them in. The dashboard draws its own from them. The same as JSON Schema (2020-12): `…/segments/rule-schema` "
        "and `…/journeys/graph-schema`.\n\n"
        "Of each field: `name`; `role`, what it holds; `required`; `default`, what it is where it is left out; `begins`, what a "
        'new one is filled in with (`null` leaves the field out, `""` is still to be filled in); `choices`; and for numbers '
        "`minimum` and `maximum`. Fields of one role that follow each other are filled in together.\n\n"
        "## Roles\n\n" + table(("role", "what the field holds"), roles) + "\n## Kinds of conditions\n\n"
        "What each means is said under [rules](rules.md).\n"
    ]
    parts += [f"\n### `{each.kind}`\n\n{table(('field', 'default', 'holds'), form_fields(each))}" for each in condition_forms()]
    parts.append("\n## Kinds of nodes\n\nThey stand under [journeys](journey-nodes.md).\n")
    return "".join(parts)


def explanations() -> str:
    return (
        "# What an explanation finds\n\n"
        "`measure` of a condition that is [explained](../how-to/why-in-a-segment.md) says what `found` is.\n\n"
        + table(("measure", "what `found` is"), ((code(name), text) for name, text in MEASURES.items()))
    )


# -- the command line and the API --------------------------------------------------------------------------------------


def command_names(of: App = command_line) -> list[str]:
    return sorted(name for name in of if not name.startswith("-"))


def parameters_of(function: Callable[..., Any]) -> dict[str, str]:
    """The ``Parameters`` of a docstring: a name, and on the lines below it what it is for."""
    _, _, listed = (inspect.getdoc(function) or "").partition("Parameters\n----------\n")
    return dict(re.findall(r"^(\w+)\n\s+(.+(?:\n\s+.+)*)", listed, re.MULTILINE))


def commands() -> str:
    parts = [
        "# Commands\n\n"
        "`make setup` puts the program at `.venv/bin/relance`. `relance --help` and `relance <command> --help` say the same "
        "as this page; `relance --version` prints the version. The exit code is 2 where a setting or a start is refused.\n"
    ]
    for name in command_names():
        command = command_line[name]
        if command.default_command is not None:
            parts.append(f"\n## `relance {name}`\n\n" + command_text(command.default_command))
            continue
        parts.append(f"\n## `relance {name}`\n\n{command.help}\n")
        for inner in command_names(command):
            function = command[inner].default_command
            if function is not None:
                parts.append(f"\n### `relance {name} {inner}`\n\n{command_text(function)}")
    return "".join(parts)


def command_text(function: Callable[..., Any]) -> str:
    """What a command does, and a table of what it is given."""
    about = (inspect.getdoc(function) or "").partition("\n\nParameters")[0]
    described = {
        "config": "A TOML file with settings; the environment (`RELANCE_…`) wins over it.",
        "url": "Address of the running server; also `RELANCE_URL`.",
        "key": "An API key; better in the environment, as `RELANCE_API_KEY`, than on the command line.",
        **parameters_of(function),
    }
    annotations = get_type_hints(function, include_extras=True)
    rows = []
    for each in inspect.signature(function).parameters.values():
        notes = getattr(annotations[each.name], "__metadata__", ())
        noted = next((note for note in notes if isinstance(note, Parameter)), Parameter())
        given = next(iter(noted.name or ()), each.name).removeprefix("--")
        default = "" if each.default in (None, inspect.Parameter.empty) else code(to_json(each.default))
        is_named = each.kind is inspect.Parameter.KEYWORD_ONLY
        name = f"--{given.replace('_', '-')}" if is_named else f"<{given}>"
        rows.append((code(name), default, described.get(each.name) or noted.help or ""))
    text = f"{' '.join(about.split())}\n"
    return text + ("\n" + table(("option", "default", "what it is for"), rows) if rows else "")


def api() -> str:
    described = document()
    routes: dict[str, list[tuple[object, ...]]] = {}
    for path, methods in described["paths"].items():
        for method, route in methods.items():
            if method not in ("get", "post", "put", "patch", "delete"):
                continue
            text = route.get("description") or route.get("summary") or ""
            tag = (route.get("tags") or ["other"])[0].capitalize()
            routes.setdefault(tag, []).append((code(f"{method.upper()} {path}"), text))
    parts = [
        "# API\n\n"
        "The full description, with every field, is the OpenAPI document: `GET /api/openapi.json` on a running server, or "
        "`relance openapi`. This page lists the routes.\n\n"
        "- **Who is calling.** `Authorization: Bearer <API key>` (a key opens one app), or an operator's session cookie with its "
        "`csrf` in `X-CSRF-Token` for anything but reading. Making an app needs an operator. Ingest takes a write key instead, "
        "as the user name of Basic authentication or as `writeKey` in the body.\n"
        '- **Lists** answer `{"items": […], "next": cursor or null}`; `cursor` and `limit` (1 to 200) are parameters.\n'
        "- **Changes** with PATCH carry the `version` that was read; 409 if it is no longer the current one.\n"
        "- **Repeats.** A POST with an `Idempotency-Key` is done once; the same key gets the first answer again, for a day.\n"
        "- **Instants** are milliseconds since 1970, UTC.\n"
        "- **Errors** have [one shape](errors.md).\n"
    ]
    parts += [f"\n## {tag}\n\n{table(('route', 'what it does'), routes[tag])}" for tag in sorted(routes)]
    parts.append(
        "\n## Links in messages\n\n"
        "Signed, open to all, and not part of the OpenAPI document.\n\n"
        + table(
            ("route", "what it does"),
            [
                (code("GET /t/o/{token}"), "The picture of one pixel in an e-mail: opened."),
                (code("GET /t/c/{token}"), "Notes a click and leads on to where the message pointed."),
                (code("GET /t/u/{token}"), "A page with a button to unsubscribe; looking changes nothing."),
                (code("POST /t/u/{token}"), "Unsubscribes; also the one-click of RFC 8058."),
                (code("POST /t/p/{token}/{action}"), "A device's receipt of a push: `delivered`, `clicked` or `dismissed`."),
            ],
        )
    )
    return "".join(parts)


# -- stories -----------------------------------------------------------------------------------------------------------


STORIES = ROOT / "docs" / "stories.md"
STORY_TESTS = ROOT / "tests" / "acceptance"
_STORY = re.compile(r"(?P<title>[^.]+)\. (?P<story>.+)\n\nMissing: (?P<missing>.+)", re.DOTALL)


def parts_of_story(path: Path) -> tuple[dict[str, str], list[str]]:
    """Title, story and what is missing, if the module's docstring says so, and its tests as sentences."""
    module = ast.parse(path.read_text())
    matched = _STORY.fullmatch(ast.get_docstring(module) or "")
    parts = {name: " ".join(text.split()) for name, text in matched.groupdict().items()} if matched else {}
    names = [each.name for each in module.body if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")]
    return parts, [name.removeprefix("test_").replace("_", " ") for name in names]


def stories() -> str:
    """What is missing of each story as its test says it, or where it has none yet as ``not_yet.toml`` does."""
    found: dict[int, dict[str, str]] = {}
    proven: dict[int, list[str]] = {}
    for path in sorted(STORY_TESTS.glob("test_s[0-9][0-9]_*.py")):
        number = int(path.name[6:8])
        parts, tests = parts_of_story(path)
        if parts:
            found[number] = parts
        listed = "".join(f"- {each}\n" for each in tests)
        proven.setdefault(number, []).append(f"Shown by [{path.name}](../tests/acceptance/{path.name}):\n\n{listed}")
    for name, parts in tomllib.loads((STORY_TESTS / "not_yet.toml").read_text()).items():
        found[int(name.removeprefix("S"))] = parts
    rows, texts = [], []
    for number, parts in sorted(found.items()):
        state = "whole" if re.match(r"nothing[.;]", parts["missing"]) else "in part" if number in proven else "not yet"
        rows.append((f"S{number}", parts["title"], state, parts["missing"][:1].upper() + parts["missing"][1:]))
        texts.append(f"\n## S{number} {parts['title']}\n\n{parts['story']}\n\n**Missing:** {parts['missing']}\n")
        texts += [f"\n{each}" for each in proven.get(number, [])]
    return (
        "# Stories\n\n"
        "What people do with Relance, and how far it goes. Each story that works, wholly or in part, is shown from outside by a "
        "test of its own, over HTTP, on a clock that the test moves; what is missing stands beside it.\n\n"
        + table(("", "story", "works", "missing"), rows)
        + "".join(texts)
    )


KINDS = ROOT / "tests" / "browser" / "recorded" / "kinds.json"


def kinds() -> str:
    """What the dashboard must have words for, as the API answers it: kinds of conditions, nodes, providers; sources of hours."""
    found = {
        "conditions": msgspec.to_builtins(condition_forms()),
        "nodes": msgspec.to_builtins(node_forms()),
        "providers": msgspec.to_builtins(provider_types()),
        "countries": {country: hours.source for country, hours in COUNTRY_HOURS.items()},
    }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


PAGES: dict[str, Callable[[], str]] = {
    "settings": settings,
    "events": events,
    "errors": errors,
    "skip-reasons": skip_reasons,
    "journey-nodes": journey_nodes,
    "explanations": explanations,
    "forms": forms,
    "commands": commands,
    "api": api,
}


def page(name: str) -> str:
    return MADE + PAGES[name]()


def main() -> int:
    different = []
    made = {FOLDER / f"{name}.md": page(name) for name in PAGES}
    for path, text in {**made, STORIES: MADE + stories(), KINDS: kinds()}.items():
        if path.exists() and path.read_text() == text:
            continue
        different.append(path.stem)
        if "--check" not in sys.argv:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    if different:
        print(f"{'differs' if '--check' in sys.argv else 'written'}: {', '.join(different)}")
    return 1 if different and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())

"""Snippets: named pieces of templates that an app's messages share."""

from __future__ import annotations

from typing import Annotated

import msgspec
from litestar import Router, delete, get, patch, post
from litestar.concurrency import sync_to_thread
from litestar.params import JSONBody
from msgspec import Meta

from relance.messaging.snippets.model import Snippet, SnippetUse
from relance.messaging.snippets.service import LONGEST
from relance.templates.snippets import NAME
from relance.web.api.documentation import ERRORS
from relance.web.api.parameters import AppId, Behind, SnippetId
from relance.web.api.services import Services, definitions_changed

SnippetName = Annotated[
    str,
    Meta(
        description="What templates render it by.",
        extra_json_schema={"pattern": f"^{NAME.pattern}$"},
        max_length=64,
        examples=["footer"],
    ),
]
SnippetSource = Annotated[
    str, Meta(description="Liquid.", max_length=LONGEST, examples=["<p>{{ app.name }}, 1 rue de la Paix, Paris</p>"])
]


class SnippetAnswer(msgspec.Struct, frozen=True):
    """A snippet. ``version`` counts edits; ``used_by`` are the messages and snippets that render it, themselves or by way of
    others."""

    id: int
    app_id: int
    name: str
    source: str
    version: int
    created_at: int
    updated_at: int
    used_by: list[SnippetUse]


class SnippetList(msgspec.Struct, frozen=True):
    """All snippets of an app, by name."""

    items: list[SnippetAnswer]


class SnippetCreation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A new snippet."""

    name: SnippetName
    source: SnippetSource


class SnippetChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a snippet says from now on. Its name cannot change: templates render it by that."""

    version: Annotated[int, Meta(description="The version that was read; 409 if it is no longer the current one.", ge=1)]
    source: SnippetSource


def _answers(services: Services, app: int, snippets: list[Snippet]) -> list[SnippetAnswer]:
    uses = services.snippets.uses(app, snippets)
    return [SnippetAnswer(**msgspec.structs.asdict(each), used_by=uses[each.id]) for each in snippets]


@get("/", operation_id="listSnippets", summary="List snippets", responses=ERRORS, sync_to_thread=True)
def list_snippets(app: AppId, services: Behind) -> SnippetList:
    """All snippets of an app by name, with what renders them."""
    return SnippetList(_answers(services, app, services.snippets.all(app)))


@post("/", operation_id="createSnippet", summary="Create a snippet", responses=ERRORS)
async def create_snippet(app: AppId, data: JSONBody[SnippetCreation], services: Behind) -> SnippetAnswer:
    """Create a snippet, which templates render as `{% render 'name' %}`."""
    now = services.context.clock.now()
    made = await services.desk.run(app, services.snippets.create, app, data.name, data.source, now)
    return SnippetAnswer(**msgspec.structs.asdict(made), used_by=[])


@get("/{snippet:int}", operation_id="getSnippet", summary="Read a snippet", responses=ERRORS, sync_to_thread=True)
def get_snippet(app: AppId, snippet: SnippetId, services: Behind) -> SnippetAnswer:
    """One snippet, with what renders it."""
    return _answers(services, app, [services.snippets.get(app, snippet)])[0]


@patch("/{snippet:int}", operation_id="changeSnippet", summary="Change a snippet", responses=ERRORS)
async def change_snippet(app: AppId, snippet: SnippetId, data: JSONBody[SnippetChange], services: Behind) -> SnippetAnswer:
    """Change what a snippet says, and with it all messages that render it (`used_by`): each gets a new version."""
    now = services.context.clock.now()
    changed = await services.desk.run(app, services.snippets.update, app, snippet, data.version, data.source, now)
    await definitions_changed(services)
    [answer] = await sync_to_thread(_answers, services, app, [changed])
    return answer


@delete("/{snippet:int}", operation_id="deleteSnippet", summary="Delete a snippet", responses=ERRORS)
async def delete_snippet(app: AppId, snippet: SnippetId, services: Behind) -> None:
    """Delete a snippet that nothing renders; otherwise 409 (`snippet_in_use`)."""
    await sync_to_thread(services.snippets.delete, app, snippet)


router = Router(
    path="/apps/{app:int}/snippets",
    route_handlers=[list_snippets, create_snippet, get_snippet, change_snippet, delete_snippet],
    tags=["Snippets"],
)

"""The ingest routes in the OpenAPI document; the framework does not know them."""

from __future__ import annotations

from typing import Any

from relance.web.ingest.server import ROUTES

_ERRORS = {
    "400": "The body cannot be read, or its one event was set aside; the code says why.",
    "401": "The write key is missing, unknown or revoked.",
    "413": "The body or the batch is too large.",
    "415": "The Content-Encoding is neither gzip nor none.",
    "429": "Too many requests for this write key, or too many of the app's events have not settled: send again.",
    "503": "The log cannot be written at the moment: send again.",
}
_TEXT = {"type": "string"}
_ID: dict[str, Any] = {"anyOf": [{"type": "string", "maxLength": 255}, {"type": "number"}, {"type": "null"}]}
_OBJECT = {"type": ["object", "null"]}
_MESSAGE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "enum": ["track", "page", "screen", "identify", "group", "alias"]},
        "event": {"type": "string", "maxLength": 255},
        "name": _TEXT,
        "category": _TEXT,
        "messageId": _ID,
        "userId": _ID,
        "anonymousId": _ID,
        "previousId": _ID,
        "groupId": _ID,
        "timestamp": {"type": "string", "format": "date-time"},
        "originalTimestamp": {"type": "string", "format": "date-time"},
        "sentAt": {"type": "string", "format": "date-time"},
        "properties": _OBJECT,
        "traits": _OBJECT,
        "context": _OBJECT,
        "writeKey": _TEXT,
    },
}
_BATCH: dict[str, Any] = {
    "type": "object",
    "required": ["batch"],
    "properties": {
        "batch": {"type": "array", "maxItems": 2500, "items": _MESSAGE},
        "sentAt": {"type": "string", "format": "date-time"},
        "context": _OBJECT,
        "writeKey": _TEXT,
    },
}
_INDEX: dict[str, Any] = {"type": "integer"}
_INDEX_OF_NOTE: dict[str, Any] = {"type": ["integer", "null"], "description": "null: it stands beside the events of the batch."}


def _about_events(index: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "array",
        "items": {
            "type": "object",
            "required": ["index", "code", "path", "message"],
            "properties": {"index": index, "code": _TEXT, "path": _TEXT, "message": _TEXT},
        },
    }


_TAKEN: dict[str, Any] = {
    "type": "object",
    "required": ["success", "accepted", "rejected"],
    "properties": {
        "success": {"const": True},
        "accepted": {"type": "integer"},
        "rejected": _about_events(_INDEX),
        "notes": _about_events(_INDEX_OF_NOTE),
    },
}
_ERROR: dict[str, Any] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "data"],
            "properties": {
                "code": _TEXT,
                "message": _TEXT,
                "reason": {"type": ["string", "null"]},
                "parameters": {"type": "object"},
                "data": {"type": "object"},
            },
        }
    },
}


def describe(document: dict[str, Any]) -> dict[str, Any]:
    """The document with the ingest routes added."""
    paths = {path: {"post": _operation(path, route.kind)} for path, route in ROUTES.items()}
    paths["/v1/projects/{key}/settings"] = {"get": _settings_operation()}
    components = document.get("components", {})
    schemes = components.get("securitySchemes", {}) | {"writeKey": {"type": "http", "scheme": "basic"}}
    return document | {
        "paths": document.get("paths", {}) | paths,
        "components": components | {"securitySchemes": schemes},
    }


def _operation(path: str, kind: str) -> dict[str, Any]:
    return {
        "operationId": "ingest_" + path.rpartition("/")[2],
        "tags": ["ingest"],
        "summary": f"Take one {kind} message" if kind else "Take a batch of messages",
        "description": "The Segment spec's HTTP interface. The answer comes after the events are on the disk.",
        "security": [{"writeKey": []}],
        "requestBody": {
            "required": True,
            "content": {
                kind_of_body: {"schema": _MESSAGE if kind else _BATCH} for kind_of_body in ("application/json", "text/plain")
            },
        },
        "responses": {"200": _response("What was taken and what was set aside.", _TAKEN)}
        | {status: _response(text, _ERROR) for status, text in _ERRORS.items()},
    }


def _settings_operation() -> dict[str, Any]:
    return {
        "operationId": "ingest_settings",
        "tags": ["ingest"],
        "summary": "Settings for Segment's browser library",
        "parameters": [{"name": "key", "in": "path", "required": True, "schema": {"type": "string"}}],
        "responses": {
            "200": _response("Where to send events.", {"type": "object"}),
            "401": _response(_ERRORS["401"], _ERROR),
            "404": _response("There is nothing at this address.", _ERROR),
        },
    }


def _response(text: str, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": schema}}}

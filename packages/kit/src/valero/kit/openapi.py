"""The OpenAPI document of a service: errors as they really are, and the permissions it knows."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

PROBLEM: dict[str, Any] = {
    "title": "Problem",
    "description": "RFC 9457; texts are German or English by Accept-Language.",
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "instance": {"type": "string", "format": "uri", "description": "Names the trace."},
        "code": {"type": "string", "description": "Stable name of the error."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "in", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string", "description": "JSON pointer, RFC 6901."},
                    "in": {"enum": ["body", "query", "path", "header", "cookie"]},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}

RESPONSES: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "Problem",
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
}
"""For every route: whatever is not a success is a problem."""


class PermissionUndeclared(LookupError):  # noqa: N818
    """A route requires a permission that the service does not declare: a slip of the pen."""


def install(app: FastAPI) -> None:
    """Make `app.openapi()` describe problems and list `app.state.permissions`.

    It raises PermissionUndeclared if there are any and a route requires another.
    """

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    schema = get_openapi(
        title=app.title, version=app.version, description=app.description, routes=app.routes
    )
    components = schema.setdefault("components", {}).setdefault("schemas", {})
    components["Problem"] = PROBLEM
    schema["x-permissions"] = app.state.permissions
    _check_permissions(schema, app.state.permissions)
    return schema


def _check_permissions(schema: Mapping[str, Any], declared: Mapping[str, str]) -> None:
    for path, operations in schema.get("paths", {}).items():
        for method, operation in operations.items():
            for requirement in operation.get("security", ()):
                unknown = {name for names in requirement.values() for name in names} - {*declared}
                if unknown and declared:
                    raise PermissionUndeclared(f"{method} {path} requires {sorted(unknown)}")

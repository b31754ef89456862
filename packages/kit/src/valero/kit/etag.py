"""ETag and 304: an unchanged answer is not sent again (RFC 9110, 8.8.3 and 13.1.2)."""

import hashlib
from typing import Any

from fastapi import FastAPI, Request, Response


class NotModified(Exception):  # noqa: N818 - not an error: ends the route early
    """The caller has this version already."""

    def __init__(self, tag: str) -> None:
        super().__init__(tag)
        self.tag = tag


def conditional(request: Request, response: Response, version: Any) -> None:
    """Give the answer the weak ETag of `version` (anything whose text changes with the answer).

    Raises NotModified, answered by kit with 304, when the request's If-None-Match knows it. The
    caller's tenant and user must be part of the URL or of `version` if the answer depends on them.
    """
    tag = f'W/"{hashlib.sha256(str(version).encode()).hexdigest()[:32]}"'
    known = {part.strip() for part in request.headers.get("if-none-match", "").split(",")}
    if tag in known or "*" in known:
        raise NotModified(tag)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = "private, no-cache"


def install(app: FastAPI) -> None:
    """Answer NotModified with 304."""
    app.add_exception_handler(NotModified, _on_not_modified)


async def _on_not_modified(_request: Request, error: Exception) -> Response:
    assert isinstance(error, NotModified)
    return Response(
        status_code=304, headers={"ETag": error.tag, "Cache-Control": "private, no-cache"}
    )

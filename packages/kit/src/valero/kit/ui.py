"""Serves a service's built micro-frontend from VALERO_UI_DIR under `/ui/<name>/`.

Files below `assets/` carry a hash in their name and never change; all others are asked for again.
"""

from pathlib import Path

from fastapi import FastAPI
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOREVER = "public, max-age=31536000, immutable"
ASK_AGAIN = "no-cache"
ASSETS = "assets/"


class Frontend(StaticFiles):
    """Static files with a cache policy. Paths that leave the folder, also by link, are 404."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, check_dir=False)
        self.config_checked = True  # a folder that is not there yet is no misconfiguration

    async def get_response(self, path: str, scope: Scope) -> Response:
        """The file at `path`, or an HTTPException that the application answers."""
        response = await super().get_response(path, scope)
        immutable = path.replace("\\", "/").startswith(ASSETS)
        response.headers["Cache-Control"] = FOREVER if immutable else ASK_AGAIN
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def install(app: FastAPI, folder: Path | None) -> None:
    """Serve `<folder>/ui/<name>/` of the service `app.state.name`; it may be built later."""
    if folder is not None:
        name = app.state.name
        app.mount(f"/ui/{name}", Frontend(folder / "ui" / name), name="ui")

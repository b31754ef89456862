"""The files of the shell: pages, shared libraries and their security headers.

Below `/shell/` lies what browsers see at `/`; Envoy rewrites the path, so nothing else of this
service is within reach.
"""

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse, HTMLResponse

from valero.kit.errors import NotFound

IMMUTABLE = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"
YEAR_SECONDS = 31536000

# Inline styles are what the component library needs; inline scripts are refused but for the import
# map, whose hash stands in csp.txt.
POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self' 'unsafe-inline'",
    "img-src": "'self' data: blob:",
    "font-src": "'self' data:",
    "connect-src": "'self'",
    "frame-src": "'self' blob:",
    "worker-src": "'self' blob:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
}

NOT_BUILT = """<!doctype html><html lang="de"><meta charset="utf-8"><title>VALERO NeuroERP</title>
<h1>Die Oberfläche ist noch nicht gebaut</h1>
<p>Die Schnittstellen laufen bereits. Die Oberfläche entsteht mit <code>npm run build</code>.</p>
<p lang="en">The user interface has not been built yet; the API is running.
Build it with <code>npm run build</code>.</p></html>
"""


class FileMissing(NotFound):
    """No such file in the built interface."""


def router(interface: Path) -> APIRouter:
    """Routes for the built interface in the folder `interface`, which may still be missing."""
    routes = APIRouter(include_in_schema=False)

    @routes.api_route("/vendor/{path:path}", methods=["GET", "HEAD"])
    async def vendor(path: str) -> Response:
        return _immutable(interface / "vendor", path)

    @routes.api_route("/assets/{path:path}", methods=["GET", "HEAD"])
    async def assets(path: str) -> Response:
        return _immutable(interface / "shell" / "assets", path)

    @routes.api_route("/shell/{path:path}", methods=["GET", "HEAD"])
    async def page(path: str, request: Request) -> Response:
        found = find(interface / "shell", path)
        if found is not None and found.name != "index.html":
            return FileResponse(found, headers={**SECURITY, "Cache-Control": REVALIDATE})
        if "." in path.rpartition("/")[2] and found is None:
            raise _missing(path)
        return _index(interface, secure=request.headers.get("x-forwarded-proto") == "https")

    return routes


def policy(text: str) -> str:
    """The Content-Security-Policy: ours, with the directives of `text` in place of its own.

    `text` is the build's csp.txt, e.g. "script-src 'self' 'sha256-...'".
    """
    directives = dict(POLICY)
    for part in text.replace("\n", " ").split(";"):
        name, _, sources = part.strip().partition(" ")
        if name:
            directives[name] = sources.strip()
    return "; ".join(f"{name} {sources}".strip() for name, sources in directives.items())


def find(folder: Path, path: str) -> Path | None:
    """The file at `path` below `folder`, or None; never one outside of it."""
    try:
        file = (folder / path).resolve()
        return file if file.is_relative_to(folder.resolve()) and file.is_file() else None
    except (OSError, ValueError):  # a name that is too long or holds a null byte
        return None


def _immutable(folder: Path, path: str) -> Response:
    """A file whose name contains its hash: it never changes."""
    found = find(folder, path)
    if found is None:
        raise _missing(path)
    return FileResponse(found, headers={**SECURITY, "Cache-Control": IMMUTABLE})


def _index(interface: Path, *, secure: bool) -> Response:
    """The page that every address of the shell shows (it routes in the browser)."""
    headers = {**SECURITY, "Cache-Control": REVALIDATE}
    if secure:
        headers["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}; includeSubDomains"
    csp = find(interface, "csp.txt")
    headers["Content-Security-Policy"] = policy(csp.read_text("utf-8") if csp else "")
    index = find(interface / "shell", "index.html")
    if index is None:
        return HTMLResponse(NOT_BUILT, status_code=503, headers=headers)
    return FileResponse(index, headers=headers, media_type="text/html; charset=utf-8")


def _missing(path: str) -> FileMissing:
    return FileMissing(de=f"Die Datei „{path}“ gibt es nicht.", en=f"There is no file '{path}'.")

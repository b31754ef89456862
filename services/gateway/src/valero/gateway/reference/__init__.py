"""`/api/docs`: one page over all services' OpenAPI documents, and the list of them."""

from pathlib import Path

from fastapi import APIRouter, Request, Response
from fastapi.responses import FileResponse
from pydantic import BaseModel, Field

from valero.gateway.control import Control
from valero.gateway.shell import REVALIDATE, SECURITY
from valero.kit.auth import CurrentPrincipal

FOLDER = Path(__file__).parent
FILES = {
    "page.html": "text/html; charset=utf-8",
    "page.js": "text/javascript; charset=utf-8",
    "page.css": "text/css; charset=utf-8",
}
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    )
)

router = APIRouter(tags=["reference"])


class InterfaceOut(BaseModel):
    """One service and where its description is."""

    id: str
    title: str
    description: str
    openapi: str = Field(description="address of its OpenAPI document")


class InterfacesOut(BaseModel):
    """All services, in the order of services.toml."""

    services: list[InterfaceOut]


@router.get("/api/openapi.json")
async def list_interfaces(request: Request, _caller: CurrentPrincipal) -> InterfacesOut:
    """Where the OpenAPI document of each service is."""
    control: Control = request.app.state.control
    return InterfacesOut(
        services=[
            InterfaceOut(
                id=name,
                title=entry.title,
                description=entry.description,
                openapi=f"/api/{name}/openapi.json",
            )
            for name, entry in control.catalogue.services.items()
        ]
    )


@router.get("/api/docs", include_in_schema=False)
async def page() -> Response:
    """The page; what it shows needs a session, and so does the edge for the page itself."""
    return _file("page.html")


@router.get("/api/docs/page.js", include_in_schema=False)
async def script() -> Response:
    """The page's script."""
    return _file("page.js")


@router.get("/api/docs/page.css", include_in_schema=False)
async def style() -> Response:
    """The page's style."""
    return _file("page.css")


def _file(name: str) -> Response:
    headers = {**SECURITY, "Cache-Control": REVALIDATE, "Content-Security-Policy": POLICY}
    return FileResponse(FOLDER / name, media_type=FILES[name], headers=headers)

"""The gateway's own routes: the list of user interfaces, and where requests go."""

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from valero.gateway.control import Control
from valero.gateway.manifests import ListedManifest, Manifests
from valero.kit.auth import require

router = APIRouter()


class RouteOut(BaseModel):
    """One service and the instances that receive its requests now."""

    service: str
    prefix: str
    instances: list[str] = Field(description="addresses; none: the service answers 503")


class RoutesOut(BaseModel):
    """The routing as a whole."""

    epoch: str | None = Field(description="of the Observer's registry; null: services.toml is used")
    services: list[RouteOut]


@router.get("/ui/registry.json", tags=["gateway"])
async def interfaces(request: Request, response: Response) -> list[ListedManifest]:
    """The manifest of every service with a user interface. Public: it contains no business data."""
    response.headers["Cache-Control"] = "no-cache"
    manifests: Manifests = request.app.state.manifests
    return await manifests.listed()


@router.get("/api/gateway/routes", tags=["gateway"], dependencies=[require("observer:read")])
async def routes(request: Request) -> RoutesOut:
    """Where the edge sends requests at this moment."""
    control: Control = request.app.state.control
    return RoutesOut(
        epoch=control.routing.epoch,
        services=[
            RouteOut(
                service=name,
                prefix=f"/api/{name}",
                instances=[endpoint.url for endpoint in endpoints],
            )
            for name, endpoints in control.routing.topology.items()
        ],
    )

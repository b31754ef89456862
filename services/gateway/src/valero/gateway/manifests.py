"""The list of user interfaces: each service's manifest, the last good one while it is down."""

import asyncio
import time
from collections.abc import Callable
from typing import Any, Literal

import httpx
import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from valero.gateway.edge import CONTROL, Endpoint, Topology

log = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 2.0
# A moment in which all browsers share one round of questions.
FRESH_SECONDS = 1.0


class Manifest(BaseModel):
    """What a micro-frontend says about itself; further fields pass through to the shell."""

    model_config = ConfigDict(frozen=True, extra="allow")

    id: str
    entry: str
    css: tuple[str, ...] = ()
    nav: tuple[dict[str, Any], ...] = ()

    @model_validator(mode="after")
    def _files_are_its_own(self) -> "Manifest":
        """A service may not make the shell load another one's code."""
        for path in (self.entry, *self.css):
            if not path.startswith(f"/ui/{self.id}/"):
                raise ValueError(f"{path} is outside of /ui/{self.id}/")
        return self


class ListedManifest(Manifest):
    """A manifest in the list, with whether its service answered just now."""

    status: Literal["up", "down"] = Field(description="down: the last good manifest is shown")


class Manifests:
    """Asks the services and remembers what they answered."""

    def __init__(self, http: httpx.AsyncClient, topology: Callable[[], Topology]) -> None:
        self._http = http
        self._topology = topology
        self._good: dict[str, Manifest] = {}
        self._listed: list[ListedManifest] = []
        self._asked_at = float("-inf")
        self._lock = asyncio.Lock()

    async def listed(self) -> list[ListedManifest]:
        """One entry per service with an interface, in the order of services.toml.

        A service that has never answered, or that answers without an interface, is left out.
        """
        async with self._lock:
            if time.monotonic() - self._asked_at > FRESH_SECONDS:
                topology = {n: e for n, e in self._topology().items() if n != CONTROL}
                answers = await asyncio.gather(*(self._one(*item) for item in topology.items()))
                self._listed = [answer for answer in answers if answer is not None]
                self._asked_at = time.monotonic()
            return self._listed

    def forget_answers(self) -> None:
        """Ask again at the next call, however soon it comes."""
        self._asked_at = float("-inf")

    async def _one(self, name: str, endpoints: tuple[Endpoint, ...]) -> ListedManifest | None:
        for endpoint in endpoints:
            try:
                response = await self._http.get(
                    f"{endpoint.url}/ui/{name}/manifest.json", timeout=TIMEOUT_SECONDS
                )
            except httpx.HTTPError:
                continue
            if response.status_code == httpx.codes.NOT_FOUND:
                self._good.pop(name, None)
                return None
            if response.status_code == httpx.codes.OK and self._accept(name, response):
                return _listed(self._good[name], "up")
        return _listed(self._good[name], "down") if name in self._good else None

    def _accept(self, name: str, response: httpx.Response) -> bool:
        try:
            manifest = Manifest.model_validate_json(response.content)
        except ValidationError as error:
            log.warning("manifest_invalid", service=name, errors=error.error_count())
            return False
        if manifest.id != name:
            log.warning("manifest_foreign", service=name, claimed=manifest.id)
            return False
        self._good[name] = manifest
        return True


def _listed(manifest: Manifest, status: Literal["up", "down"]) -> ListedManifest:
    return ListedManifest.model_validate({**manifest.model_dump(), "status": status})

"""For services: register, renew, leave; and the registry for the gateway. Bearer observer_token."""

import hmac
from datetime import datetime

from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel

from valero.kit import clock
from valero.kit.errors import Unauthorized
from valero.observer.api.parts import Parts
from valero.observer.leases import Registration, check_address
from valero.observer.stream import EventStream


class TokenForeign(Unauthorized):
    """The bearer token is not the one that the launcher gave to this stack."""


class LeaseOut(BaseModel):
    """What a service has to know to keep its lease."""

    lease_id: str
    ttl_seconds: float
    heartbeat_interval_seconds: float
    server_time: datetime
    epoch: str


class RegisteredInstance(BaseModel):
    """One instance as the gateway sees it."""

    instance: str
    url: str
    state: str


class RegistryOut(BaseModel):
    """The whole registry; `version` grows within one `epoch`, which a restart changes."""

    epoch: str
    version: int
    services: dict[str, list[RegisteredInstance]]


def check_token(request: Request, parts: Parts) -> None:
    """Admit only processes of this stack, in constant time. Raises TokenForeign.

    Without a configured token nobody is admitted.
    """
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    expected = parts.settings.observer_token or ""
    same = hmac.compare_digest(given.strip().encode(), expected.encode())
    if not (same and expected and scheme.lower() == "bearer"):
        raise TokenForeign(
            de="Das Token gehört nicht zu dieser Installation.",
            en="The token does not belong to this installation.",
            headers={"WWW-Authenticate": 'Bearer realm="observer"'},
        )


router = APIRouter(tags=["services"], dependencies=[Depends(check_token)])


@router.post("/v1/register")
@router.post("/register", deprecated=True, operation_id="register_legacy")
async def register(registration: Registration, request: Request, parts: Parts) -> LeaseOut:
    """Register an instance, or renew its registration: the same slot keeps its lease."""
    check_address(registration.url, request.client.host if request.client else "")
    lease = await parts.watch.leases.register(registration, parts.watch.monotonic())
    parts.watch.registered(lease)
    rules = parts.config.own.lease
    return LeaseOut(
        lease_id=lease.lease_id,
        ttl_seconds=rules.ttl_seconds,
        heartbeat_interval_seconds=rules.heartbeat_interval_seconds,
        server_time=clock.now(),
        epoch=parts.live.epoch,
    )


@router.put("/v1/leases/{lease_id}", status_code=204)
async def renew_lease(lease_id: str, parts: Parts) -> Response:
    """A heartbeat. 410 if the lease is unknown: register again."""
    parts.watch.leases.renew(lease_id, parts.watch.monotonic())
    return Response(status_code=204)


@router.delete("/v1/leases/{lease_id}", status_code=204)
async def leave(lease_id: str, parts: Parts) -> Response:
    """A graceful goodbye. 410 if the lease is unknown."""
    parts.watch.left(await parts.watch.leases.leave(lease_id))
    return Response(status_code=204)


@router.get("/v1/registry")
async def read_registry(parts: Parts) -> RegistryOut:
    """Where every instance is and how it is."""
    return RegistryOut.model_validate(parts.live.snapshot())


@router.get("/v1/registry/stream", response_class=EventStream, status_code=200)
async def stream_registry(parts: Parts) -> EventStream:
    """The registry as server-sent events: all of it at once, and again after each change."""
    return EventStream(parts.live.registry_stream, parts.live.first_for_gateway)

"""For people, behind the gateway: how everything is, what happened, and restarts."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Header, Query
from pydantic import BaseModel

from valero.kit import clock
from valero.kit.auth import Principal, require
from valero.kit.errors import Conflict, NotFound
from valero.kit.paging import Page, Paging, decode_cursor, encode_cursor
from valero.observer import healing, history, samples, views
from valero.observer.api.parts import Parts
from valero.observer.history import Filter, Kind
from valero.observer.observatory import Observatory
from valero.observer.roster import Target
from valero.observer.store import HistoryUnavailable
from valero.observer.stream import EventStream
from valero.observer.views import EventOut, InstanceOut, SeriesOut, ServiceDetailOut, ServiceOut

SPARKLINE_SECONDS = 600
SPARKLINE_STEP = 10
LATEST_EVENTS = 50
LARGEST_EVENT_ID = 2**63 - 1


class ServiceUnknown(NotFound):
    """No such service or instance is watched."""


class RestartImpossible(Conflict):
    """The supervisor does not run it, or it is the Observer itself, or it is being restarted."""


class OwnHealthOut(BaseModel):
    """How the Observer itself is; the troubles are null while there are none."""

    epoch: str
    as_of: datetime
    targets: int
    listeners: int
    round_seconds: float
    store_trouble: str | None
    config_trouble: str | None
    supervisor_trouble: str | None
    database_bytes: int


router = APIRouter(prefix="/api/observer", tags=["people"], dependencies=[require("observer:read")])


@router.get("/services")
async def list_services(parts: Parts) -> Page[ServiceOut]:
    """Every service and server with its instances and the last ten minutes of measurements."""
    found = parts.views.services(parts.watch.monotonic(), await _histories(parts))
    return Page(items=found, total=len(found))


@router.get("/services/{service}")
async def read_service(service: str, parts: Parts) -> ServiceDetailOut:
    """One service with its latest events."""
    if not parts.roster.of_service(service):
        raise _unknown(service)
    shown = parts.views.service(service, parts.watch.monotonic(), await _histories(parts))
    events, _ = await history.page(
        parts.store, Filter(service=service), before=None, limit=LATEST_EVENTS
    )
    return ServiceDetailOut(**dict(shown), events=[views.event(event) for event in events])


@router.get("/services/{instance}/samples")
async def list_samples(
    instance: str, parts: Parts, minutes: Annotated[int, Query(ge=1, le=44_640)] = 60
) -> SeriesOut:
    """The measurements of one instance, at most some 240 points."""
    if parts.roster.find(instance) is None:
        raise _unknown(instance)
    seconds = minutes * 60
    step = max(int(parts.config.own.keep.sample_seconds), seconds // 240, 1)
    since = int(clock.now().timestamp()) - seconds
    found = await samples.series(parts.store, since=since, step_seconds=step, instance=instance)
    empty = samples.Series(step, [], [], [], [], [])
    return SeriesOut(**vars(found.get(instance, empty)))


@router.post("/services/{instance}/restart", status_code=202)
async def restart(
    instance: str,
    parts: Parts,
    principal: Annotated[Principal, require("observer:operate")],
) -> InstanceOut:
    """Restart one instance now; the stream tells how it goes.

    Asked by a person, so neither ladder nor budget count. Raises RestartImpossible.
    """
    target = parts.roster.find(instance)
    if target is None:
        raise _unknown(instance)
    _check_restart(parts, target)
    asked_by = {"name": principal.name, "user_id": str(principal.user_id)}
    parts.watch.undertake(target, healing.restart_on_request(parts.watch, target, asked_by))
    shown = parts.views.service(target.service, parts.watch.monotonic())
    return next(each for each in shown.instances if each.instance == instance)


@router.get("/events")
async def list_events(
    parts: Parts,
    page: Paging,
    service: str | None = None,
    instance: str | None = None,
    kind: Kind | None = None,
) -> Page[EventOut]:
    """What happened, newest first."""
    before = decode_cursor(page.after, int)[0] if page.after else None
    if before is not None:
        before = min(before, LARGEST_EVENT_ID)
    wanted = Filter(service=service, instance=instance, kind=kind)
    found, count = await history.page(parts.store, wanted, before=before, limit=page.limit + 1)
    items = found[: page.limit]
    return Page(
        items=[views.event(event) for event in items],
        next=encode_cursor(items[-1].id) if len(found) > page.limit else None,
        total=count if page.total else None,
    )


@router.get("/stream", response_class=EventStream, status_code=200)
async def stream(
    parts: Parts, last_event_id: Annotated[str | None, Header()] = None
) -> EventStream:
    """Server-sent events: `snapshot` first, then `service` whenever one looks different, `event`
    for everything that happens. After Last-Event-ID what was missed comes before all else."""
    known = last_event_id or ""
    seen = min(int(known), LARGEST_EVENT_ID) if known.isascii() and known.isdigit() else None
    return EventStream(
        parts.live.people_stream,
        lambda: parts.live.first_for_people(seen, parts.watch.monotonic()),
    )


@router.get("/self")
async def read_own_health(parts: Parts) -> OwnHealthOut:
    """How the Observer itself is."""
    path = parts.store.path
    return OwnHealthOut(
        epoch=parts.live.epoch,
        as_of=clock.now(),
        targets=sum(1 for _ in parts.roster),
        listeners=len(parts.live.people_stream) + len(parts.live.registry_stream),
        round_seconds=round(parts.rounds.lag_seconds, 3),
        store_trouble=parts.store.trouble,
        config_trouble=parts.config.trouble,
        supervisor_trouble=parts.watch.control_trouble,
        database_bytes=path.stat().st_size if path.is_file() else 0,
    )


async def _histories(parts: Observatory) -> dict[str, samples.Series]:
    """Sparklines; none while the store is in trouble, as the view must not depend on it."""
    since = int(clock.now().timestamp()) - SPARKLINE_SECONDS
    try:
        return dict(await samples.series(parts.store, since=since, step_seconds=SPARKLINE_STEP))
    except HistoryUnavailable:
        return {}


def _check_restart(parts: Observatory, target: Target) -> None:
    if target.instance == parts.settings.identity:
        raise RestartImpossible(
            de="Der Observer startet sich nicht selbst neu. Bitte `valero restart` benutzen.",
            en="The Observer does not restart itself. Please use `valero restart`.",
        )
    if target.process is None:
        raise RestartImpossible(
            de=f"{target.instance} wird auf diesem Rechner von niemandem beaufsichtigt.",
            en=f"Nobody supervises {target.instance} on this machine.",
        )
    if target.healing:
        raise RestartImpossible(
            de=f"{target.instance} wird gerade neu gestartet.",
            en=f"{target.instance} is being restarted already.",
        )


def _unknown(name: str) -> ServiceUnknown:
    return ServiceUnknown(
        de=f"„{name}“ wird nicht überwacht.", en=f"'{name}' is not being watched."
    )

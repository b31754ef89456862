"""What people are shown: services with their instances, the reasons, and short histories."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from valero.kit import clock
from valero.observer import wording
from valero.observer.breaches import Breach
from valero.observer.config import Config
from valero.observer.history import Event, Kind, Severity
from valero.observer.remedy import Because, Deed
from valero.observer.roster import Role, Roster, Target, registered
from valero.observer.samples import Series
from valero.observer.verdict import Cause, Hang, State

#: the worst first: one instance up beside others that are not makes a service suspect
BADNESS = (
    State.IMPOSTOR,
    State.DOWN,
    State.GONE,
    State.SUSPECT,
    State.STARTING,
    State.MAINTENANCE,
    State.UP,
)


class TextOut(BaseModel):
    """One sentence for people."""

    de: str
    en: str


class CheckOut(BaseModel):
    """One entry of the instance's own health answer."""

    name: str
    status: str
    value: float | None
    output: str | None


class DecisionOut(BaseModel):
    """What the Observer does about the instance, and why; `in_seconds` until it acts."""

    deed: Deed
    because: Because
    why: dict[str, Any]
    in_seconds: float | None


class SeriesOut(BaseModel):
    """Equally long columns, oldest first; `at` in seconds since 1970."""

    step_seconds: int
    at: list[int]
    cpu_percent: list[float | None]
    memory_mb: list[float | None]
    latency_ms: list[float | None]
    db_connections: list[float | None]


class InstanceOut(BaseModel):
    """One instance as it is now. CPU in percent of one core, memory (USS) in MiB."""

    instance: str
    service: str
    state: State
    cause: Cause
    text: TextOut
    why: dict[str, Any]
    since: datetime
    as_of: datetime
    url: str | None
    pid: int | None
    version: str | None
    supervised: bool
    registered: bool
    heartbeat_age_seconds: float | None
    latency_ms: float | None
    cpu_percent: float | None
    memory_mb: float | None
    db_connections: float | None
    checks: list[CheckOut]
    breaches: list[str]
    hang: Hang | None
    failures: int
    crash_looping: bool
    decision: DecisionOut | None
    can_restart: bool
    history: SeriesOut | None = None


class ThresholdsOut(BaseModel):
    """The limits in force; null where none applies."""

    p95_ms: float | None
    cpu_percent: float | None
    memory_mb: float | None
    error_ratio: float | None


class ServiceOut(BaseModel):
    """One service or server with all its instances."""

    id: str
    title: str
    description: str
    role: Role
    state: State
    since: datetime
    as_of: datetime
    depends_on: list[str]
    affected_by: list[str]
    thresholds: ThresholdsOut
    critical_endpoints: list[str]
    instances: list[InstanceOut]


class EventOut(BaseModel):
    """One fact of the event log; `why` holds the inputs of the decision."""

    id: int | None
    at: datetime
    service: str
    instance: str
    kind: Kind
    severity: Severity
    text: TextOut
    state_before: State | None
    state_after: State | None
    why: dict[str, Any]


class ServiceDetailOut(ServiceOut):
    """One service with its latest events."""

    events: list[EventOut]


TITLES = {
    "postgres": ("PostgreSQL", "Datenbank aller Dienste"),
    "redis": ("Redis", "Zwischenspeicher und Ereignisse"),
    "envoy": ("Envoy", "Eingang für Oberfläche und Schnittstellen"),
}


class Views:
    """Makes the views of one roster."""

    def __init__(self, roster: Roster, config: Config, own_instance: str) -> None:
        self._roster = roster
        self._config = config
        self._own = own_instance

    def services(
        self, now: float, histories: Mapping[str, Series] | None = None
    ) -> list[ServiceOut]:
        """Everything watched: services in the order of services.toml, then servers."""
        names = list(dict.fromkeys(target.service for target in self._roster))
        listed = [*self._roster.catalogue.services]
        names.sort(key=lambda name: listed.index(name) if name in listed else len(listed))
        return [self.service(name, now, histories) for name in names]

    def service(
        self, name: str, now: float, histories: Mapping[str, Series] | None = None
    ) -> ServiceOut:
        """One watched service."""
        targets = self._roster.of_service(name)
        policy = self._config.policy(name)
        limits = policy.thresholds
        needed = self._config.depends_on(self._roster.catalogue, name)
        title, description = self._introduce(name)
        state = overall([target.verdict.state for target in targets])
        return ServiceOut(
            id=name,
            title=title,
            description=description,
            role=targets[0].role if targets else Role.SERVICE,
            state=state,
            since=max((target.since for target in targets), default=clock.now()),
            as_of=min((target.as_of for target in targets), default=clock.now()),
            depends_on=list(needed),
            affected_by=list(self._roster.down_among(self._reach(needed))),
            thresholds=ThresholdsOut(
                p95_ms=limits.p95_ms,
                cpu_percent=limits.cpu_percent,
                memory_mb=limits.memory_mb,
                error_ratio=limits.error_ratio,
            ),
            critical_endpoints=list(policy.critical_endpoints),
            instances=[self._instance(target, now, histories or {}) for target in targets],
        )

    def registry(self) -> dict[str, list[dict[str, str]]]:
        """Where requests may go: every service that is watched, by name."""
        services: dict[str, list[dict[str, str]]] = {}
        for target in self._roster:
            if target.role is Role.SERVICE and target.url is not None:
                services.setdefault(target.service, []).append(
                    {
                        "instance": target.instance,
                        "url": target.url,
                        "state": target.verdict.state.value,
                    }
                )
        return services

    def _reach(self, names: Sequence[str]) -> list[str]:
        """`names` and everything that they need in turn."""
        found: dict[str, None] = {}
        waiting = list(names)
        while waiting:
            name = waiting.pop(0)
            if name not in found:
                found[name] = None
                waiting.extend(self._config.depends_on(self._roster.catalogue, name))
        return list(found)

    def _introduce(self, name: str) -> tuple[str, str]:
        entry = self._roster.catalogue.services.get(name)
        if entry is not None:
            return entry.title, entry.description
        return TITLES.get(name, (name, ""))

    def _instance(self, target: Target, now: float, histories: Mapping[str, Series]) -> InstanceOut:
        verdict, life, sample, lease = target.verdict, target.life, target.sample, target.lease
        reading = life.reading
        series = histories.get(target.instance)
        return InstanceOut(
            instance=target.instance,
            service=target.service,
            state=verdict.state,
            cause=verdict.cause,
            text=_text(*wording.changed(target.instance, verdict.state, verdict.cause)),
            why=verdict.why,
            since=target.since,
            as_of=target.as_of,
            url=target.url if target.role is Role.SERVICE else None,
            pid=target.pid,
            version=target.version or (reading.version if reading else None),
            supervised=target.process is not None,
            registered=registered(target),
            heartbeat_age_seconds=round(now - lease.seen, 1) if lease else None,
            latency_ms=reading.latency_ms if reading else None,
            cpu_percent=sample.cpu_percent if sample else None,
            memory_mb=sample.memory_mb if sample else None,
            db_connections=sample.db_connections if sample else None,
            checks=[CheckOut(**vars(check)) for check in reading.checks] if reading else [],
            breaches=_reported(target.breaches),
            hang=life.hang,
            failures=len(target.ladder.failures),
            crash_looping=target.ladder.crash_looping,
            decision=_decision(target, now),
            can_restart=target.process is not None and target.instance != self._own,
            history=SeriesOut(**vars(series)) if series else None,
        )


def overall(states: Sequence[State]) -> State:
    """The state of a service by those of its instances."""
    worst = min(states, key=BADNESS.index, default=State.GONE)
    some_up = any(state in {State.UP, State.SUSPECT} for state in states)
    return State.SUSPECT if some_up and worst is not State.UP else worst


def event(told: Event) -> EventOut:
    """One event for people."""
    return EventOut(
        id=told.id,
        at=told.at,
        service=told.service,
        instance=told.instance,
        kind=told.kind,
        severity=told.severity,
        text=_text(told.de, told.en),
        state_before=told.before,
        state_after=told.after,
        why=told.why,
    )


def _decision(target: Target, now: float) -> DecisionOut | None:
    decision = target.decision
    if decision is None or decision.because is Because.NOT_NEEDED:
        return None
    waits = None if decision.until is None else round(max(decision.until - now, 0.0), 1)
    return DecisionOut(
        deed=decision.deed, because=decision.because, why=decision.why, in_seconds=waits
    )


def _reported(breaches: Mapping[str, Breach]) -> list[str]:
    return [measure for measure, breach in breaches.items() if breach.reported]


def _text(de: str, en: str) -> TextOut:
    return TextOut(de=de, en=en)

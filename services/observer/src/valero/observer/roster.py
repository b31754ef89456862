"""Everybody who is watched: from the supervisor, from registrations, and what is known of each."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from urllib.parse import urlsplit

from valero.kit import clock
from valero.kit.catalogue import Catalogue
from valero.observer.answers import Expected, Outcome, Reading
from valero.observer.breaches import Breach
from valero.observer.evidence import Look
from valero.observer.ladder import Ladder
from valero.observer.leases import Lease
from valero.observer.processes import Process
from valero.observer.remedy import Decision
from valero.observer.samples import Sample
from valero.observer.verdict import Cause, Facts, Hang, LeaseFact, Phase, State, Verdict
from valero.observer.window import Window

ABSENT = frozenset({State.DOWN, State.IMPOSTOR, State.MAINTENANCE, State.GONE})


class Role(StrEnum):
    """What an instance is to us."""

    SERVICE = "service"
    INFRASTRUCTURE = "infrastructure"


@dataclass
class Life:
    """What belongs to one process and ends with it; instants are monotonic."""

    born: float
    pid: int | None = None
    window: Window = field(default_factory=Window)
    reading: Reading | None = None
    foreign: str | None = None
    proven: bool = False
    ran: bool = False
    left: bool = False
    ended_by_us: bool = False
    death_counted: bool = False
    silent_since: float | None = None
    first_look: Look | None = None
    hang: Hang | None = None

    @property
    def worked(self) -> bool:
        """Whether its end is a death, and not one more start that failed."""
        return self.ran or self.proven


@dataclass
class Target:
    """One watched instance, e.g. `fibu-1` or `postgres`."""

    instance: str
    service: str
    role: Role
    port: int | None
    life: Life
    process: Process | None = None
    lease: Lease | None = None
    verdict: Verdict = field(default_factory=lambda: Verdict(State.STARTING, Cause.BOOTING))
    since: datetime = field(default_factory=clock.now)
    since_monotonic: float = 0.0
    as_of: datetime = field(default_factory=clock.now)
    ladder: Ladder = field(default_factory=Ladder)
    decision: Decision | None = None
    breaches: dict[str, Breach] = field(default_factory=dict)
    sample: Sample | None = None
    version: str | None = None
    healing: bool = False

    @property
    def url(self) -> str | None:
        """Where it answers HTTP: as registered, or by the catalogue."""
        if self.lease is not None:
            return self.lease.registration.url
        return f"http://127.0.0.1:{self.port}" if self.port else None

    @property
    def pid(self) -> int | None:
        """The pid by the supervisor, else as it answered or registered."""
        if self.process is not None:
            return self.process.pid
        reading = self.life.reading
        if reading is not None and reading.pid is not None:
            return reading.pid
        return self.lease.registration.pid if self.lease else None

    @property
    def expected(self) -> Expected:
        """Who has to answer a probe; the launcher's word on the nonce outranks a registration."""
        slot = self.process.nonce if self.process else None
        registered = self.lease.registration.nonce if self.lease else None
        pid = self.process.pid if self.process and self.process.alive else None
        if self.process is None and self.lease is not None and not registered:
            pid = self.lease.registration.pid
        return Expected(self.service, slot or registered or None, pid)

    @property
    def local(self) -> bool:
        """Whether its pid is one of this machine, so that the kernel can be asked about it."""
        if self.process is not None:
            return True
        host = urlsplit(self.url or "").hostname or ""
        return host == "localhost" or host.startswith("127.") or host == "::1"

    def down_seconds(self, now: float) -> float:
        """How long it has been down, 0 if it is not."""
        return now - self.since_monotonic if self.verdict.state is State.DOWN else 0.0


def facts(target: Target, now: float, pressure: float) -> Facts:
    """What the verdict on `target` rests on at `now` (monotonic)."""
    life, reading = target.life, target.life.reading
    lease = target.lease if registered(target) else None
    return Facts(
        window=life.window,
        ready=None if reading is None else reading.outcome is Outcome.READY,
        failing=reading.failing if reading else (),
        broken_rules=reading.broken_rules if reading else (),
        foreign=life.foreign,
        phase=target.process.phase if target.process else None,
        lease=LeaseFact(now - lease.seen, lease.confirmed) if lease else None,
        left=life.left,
        age_seconds=now - life.born,
        proven=life.proven,
        hang=life.hang,
        silent_seconds=now - life.silent_since if life.silent_since is not None else 0.0,
        pressure=pressure,
        down_seconds=target.down_seconds(now),
    )


class Roster:
    """All targets by instance name."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self._targets: dict[str, Target] = {}

    def __iter__(self) -> Iterator[Target]:
        return iter(sorted(self._targets.values(), key=lambda target: target.instance))

    def find(self, instance: str) -> Target | None:
        """The target of that name, if it is watched."""
        return self._targets.get(instance)

    def of_service(self, service: str) -> list[Target]:
        """All instances of `service`."""
        return [target for target in self if target.service == service]

    def admit(self, instance: str, now: float) -> Target:
        """The target of that name; a new one begins as starting."""
        target = self._targets.get(instance)
        if target is None:
            service, role, port = self._place(instance)
            target = Target(instance, service, role, port, Life(born=now), since_monotonic=now)
            self._targets[instance] = target
        return target

    def drop(self, target: Target) -> None:
        """Stop watching `target`."""
        self._targets.pop(target.instance, None)

    def down_among(self, names: Iterable[str]) -> tuple[str, ...]:
        """Which of these services or servers are absent altogether; unwatched ones are not ours."""
        absent = []
        for name in names:
            states = [target.verdict.state for target in self.of_service(name)]
            if states and all(state in ABSENT for state in states):
                absent.append(name)
        return tuple(absent)

    def _place(self, instance: str) -> tuple[str, Role, int | None]:
        """Service, role and port by the catalogue; numbered names are instances of services."""
        if instance in self.catalogue.infrastructure:
            return instance, Role.INFRASTRUCTURE, self.catalogue.infrastructure[instance]
        if instance == "envoy":
            return instance, Role.INFRASTRUCTURE, self.catalogue.edge.get("api")
        service, _, number = instance.rpartition("-")
        if not (service and number.isdigit()):
            return instance, Role.INFRASTRUCTURE, None
        entry = self.catalogue.services.get(service)
        return service, Role.SERVICE, entry.port_of(int(number)) if entry else None


def registered(target: Target) -> bool:
    """Whether the process that runs now has a lease; one of its forerunner does not count."""
    if target.lease is None:
        return False
    return target.process is None or target.lease.registration.pid == target.process.pid


def begin_life(target: Target, now: float, *, pid: int | None, age: float = 0.0) -> None:
    """A new process stands where another stood: nothing seen before counts for it."""
    target.life = Life(born=now - age, pid=pid)


def is_running(target: Target) -> bool:
    """Whether the supervisor says that it runs."""
    return target.process is not None and target.process.phase is Phase.RUNNING

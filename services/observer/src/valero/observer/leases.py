"""Registrations of services: a lease each, kept alive by heartbeats, kept on disk over restarts.

A registration says where a service listens and who it is. It can carry no command, path or
script: what the Observer may start stands in the supervisor's configuration alone.
"""

import ipaddress
import sqlite3
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

import structlog
from pydantic import BaseModel, ConfigDict, Field

from valero.kit import clock
from valero.kit.errors import FieldError, Gone, Invalid
from valero.observer.policy import ServiceName
from valero.observer.store import Store

log = structlog.get_logger(__name__)


class LeaseUnknown(Gone):
    """The lease ended or was never given; the service registers again."""


class AddressForeign(Invalid):
    """The url points neither to this machine nor to the caller."""


class Registration(BaseModel):
    """What a service tells about itself."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    service: ServiceName
    instance: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}-[1-9][0-9]{0,3}$")]
    nonce: Annotated[str, Field(max_length=128, pattern=r"^[\w.:-]*$")]
    url: Annotated[str, Field(max_length=200)]
    pid: Annotated[int, Field(ge=1, le=2**31 - 1)]
    version: Annotated[str, Field(max_length=100)]


@dataclass
class Lease:
    """One registration; `seen` is monotonic, `confirmed` once heard since the Observer started."""

    lease_id: str
    registration: Registration
    registered_at: datetime
    seen: float
    confirmed: bool = True


class Leases:
    """All leases, in memory and in the store; at most one per instance."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._by_id: dict[str, Lease] = {}
        self._by_instance: dict[str, Lease] = {}

    async def load(self, now: float) -> list[Lease]:
        """Take over the leases on disk, unconfirmed and with a full time to live from `now`."""
        for row in await self._store.read(_rows):
            registration = Registration.model_validate(
                {name: row[name] for name in Registration.model_fields}
            )
            registered_at = datetime.fromisoformat(row["registered_at"])
            self._add(Lease(row["lease_id"], registration, registered_at, now, confirmed=False))
        return list(self._by_id.values())

    async def register(self, registration: Registration, now: float) -> Lease:
        """The lease for `registration`: the present one if the process slot is the same.

        A new nonce is a new life of the instance; its older lease ends.
        """
        lease = self._by_instance.get(registration.instance)
        if lease is None or lease.registration.nonce != registration.nonce:
            if lease is not None:
                del self._by_id[lease.lease_id]
            lease = Lease(str(clock.new_id()), registration, clock.now(), now)
            self._add(lease)
        lease.registration = registration
        lease.seen = now
        lease.confirmed = True
        await self._keep(lease)
        return lease

    def renew(self, lease_id: str, now: float) -> Lease:
        """A heartbeat. Raises LeaseUnknown; the service then registers again."""
        lease = self._known(lease_id)
        lease.seen = now
        lease.confirmed = True
        return lease

    async def leave(self, lease_id: str) -> Lease:
        """A graceful goodbye. Raises LeaseUnknown."""
        lease = self._known(lease_id)
        await self.drop(lease)
        return lease

    async def drop(self, lease: Lease) -> None:
        """Forget `lease` here and on disk."""
        self._by_id.pop(lease.lease_id, None)
        if self._by_instance.get(lease.registration.instance) is lease:
            del self._by_instance[lease.registration.instance]
        await self._write("DELETE FROM leases WHERE lease_id = ?", [lease.lease_id])

    def of(self, instance: str) -> Lease | None:
        """The lease of `instance`, if it has one."""
        return self._by_instance.get(instance)

    def _add(self, lease: Lease) -> None:
        self._by_id[lease.lease_id] = lease
        self._by_instance[lease.registration.instance] = lease

    def _known(self, lease_id: str) -> Lease:
        lease = self._by_id.get(lease_id)
        if lease is None:
            raise LeaseUnknown(
                de="Diese Anmeldung ist nicht bekannt. Bitte neu anmelden.",
                en="This lease is not known. Please register again.",
            )
        return lease

    async def _keep(self, lease: Lease) -> None:
        told = lease.registration.model_dump()
        row = {"lease_id": lease.lease_id, "registered_at": lease.registered_at.isoformat(), **told}
        columns, marks = ", ".join(row), ", ".join("?" for _ in row)
        await self._write(
            f"INSERT OR REPLACE INTO leases ({columns}) VALUES ({marks})",  # noqa: S608
            list(row.values()),
        )

    async def _write(self, statement: str, values: list[Any]) -> None:
        """A disk that refuses must not refuse the service: memory holds the lease."""
        try:
            await self._store.write(lambda connection: connection.execute(statement, values))
        except sqlite3.Error as error:
            log.warning("lease_not_written", error=str(error))


def check_address(url: str, peer: str) -> None:
    """Refuse a `url` that is not plain HTTP on this machine or on the caller's.

    The Observer fetches from it, so anything else would let a caller choose its targets (SSRF).
    Raises AddressForeign.
    """
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname or ""
    except ValueError:
        port, host, parts = None, "", urlsplit("")
    plain = parts.scheme == "http" and port is not None and port > 0
    bare = parts.path in {"", "/"} and not (parts.query or parts.fragment or "@" in parts.netloc)
    if not (plain and bare and _is_here(host, peer)):
        de = "Die Adresse muss http://<dieser Rechner oder Absender>:<Port> sein."
        en = "The address must be http://<this machine or the sender>:<port>."
        raise AddressForeign(de=de, en=en, errors=[FieldError("/url", "foreign", de, en)])


def _is_here(host: str, peer: str) -> bool:
    if host == "localhost":
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return address.is_loopback or str(address) == peer


def _rows(connection: sqlite3.Connection) -> list[sqlite3.Row]:
    return connection.execute("SELECT * FROM leases ORDER BY registered_at").fetchall()

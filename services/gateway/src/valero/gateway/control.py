"""Keeps Envoy's files in step with the Observer's registry."""

import asyncio

import httpx
import structlog

from valero.gateway import registry, routing, xds
from valero.gateway.edge import Edge
from valero.gateway.routing import Routing, Snapshot
from valero.kit.catalogue import Catalogue

log = structlog.get_logger(__name__)

# One and a half leases: whoever lives has registered with a new Observer by then.
SETTLING_SECONDS = 45.0


class Control:
    """What Envoy currently routes, and the loop that follows the registry."""

    def __init__(
        self, edge: Edge, catalogue: Catalogue, *, settling_seconds: float = SETTLING_SECONDS
    ) -> None:
        self.edge = edge
        self.catalogue = catalogue
        self._settling_seconds = settling_seconds
        self._settling: asyncio.TimerHandle | None = None
        self._snapshot: Snapshot | None = None
        self.routing: Routing = routing.from_catalogue(catalogue)

    def begin(self) -> None:
        """Write the files for what was known last."""
        xds.prepare(self.edge)
        with xds.turn(self.edge):
            self.routing = xds.remembered(self.edge, self.catalogue)
            xds.publish(self.edge, self.catalogue, self.routing)

    async def follow(self, http: httpx.AsyncClient) -> None:
        """Apply every state of the registry until cancelled; keep the last while it is away.

        A state that cannot be written (no space left) is tried again with the next one, which
        comes after registry.SILENCE_SECONDS at the latest.
        """
        async for snapshot in registry.snapshots(http):
            try:
                self.apply(snapshot)
            except OSError as error:
                log.error("routes_not_written", error=repr(error))

    def apply(self, snapshot: Snapshot) -> None:
        """Route as `snapshot` says. After a new epoch, unmentioned instances stay for a while."""
        self._snapshot = snapshot
        if self.routing.epoch not in (None, snapshot.epoch):
            log.info("registry_epoch_changed", epoch=snapshot.epoch)
            self._wait_for_registrations()
        self._route(snapshot, settling=self._settling is not None)

    def close(self) -> None:
        """Forget the pending end of settling."""
        if self._settling is not None:
            self._settling.cancel()

    def _wait_for_registrations(self) -> None:
        self.close()
        loop = asyncio.get_running_loop()
        self._settling = loop.call_later(self._settling_seconds, self._settle)

    def _settle(self) -> None:
        self._settling = None
        if self._snapshot is not None:
            self._route(self._snapshot, settling=False)

    def _route(self, snapshot: Snapshot, *, settling: bool) -> None:
        self.routing = routing.from_snapshot(
            snapshot, previous=self.routing, catalogue=self.catalogue, settling=settling
        )
        with xds.turn(self.edge):
            written = xds.publish(self.edge, self.catalogue, self.routing)
        if written:
            log.info("routes_written", files=written, version=snapshot.version)

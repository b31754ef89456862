"""Everything the Observer consists of, put together and kept running for one process."""

import asyncio
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from valero.kit import catalogue, clock
from valero.kit.settings import Settings
from valero.observer import healing, history, probes
from valero.observer.asking import Asking
from valero.observer.config import FILE, Config
from valero.observer.history import Event, History, Kind, Severity
from valero.observer.leases import Lease, Leases
from valero.observer.live import Live
from valero.observer.machine import Machine
from valero.observer.processes import ProcessControl
from valero.observer.roster import Roster
from valero.observer.rounds import Rounds
from valero.observer.store import HistoryUnavailable, Store
from valero.observer.stream import ended_by_signals
from valero.observer.supervision import SupervisorControl
from valero.observer.traffic import Traffic
from valero.observer.views import Views
from valero.observer.watch import Watch

DATABASE_FILE = "observer.sqlite"
KEYS_FILE = "jwks.json"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Observatory:
    """The parts that routes need."""

    settings: Settings
    store: Store
    config: Config
    roster: Roster
    watch: Watch
    views: Views
    live: Live
    rounds: Rounds


@asynccontextmanager
async def open_observatory(
    settings: Settings, control: ProcessControl | None = None
) -> AsyncIterator[Observatory]:
    """Open the store, take over what it remembers, and watch until the block ends."""
    known = catalogue.load()
    config = Config.open(catalogue.root() / FILE)
    store = await Store.open(settings.home / "observer" / DATABASE_FILE)
    http = probes.client(settings.observer_token)
    asking = Asking(http, settings.home, Machine())
    roster = Roster(known)
    views = Views(roster, config, settings.identity)
    live = Live(roster, views, store)
    watch = Watch(
        own_instance=settings.identity,
        roster=roster,
        leases=Leases(store),
        config=config,
        control=control or SupervisorControl(settings.home),
        history=History(store, live.happened),
        ask=asking.ask,
        heal=healing.heal,
        on_change=lambda target: live.changed(target, time.monotonic()),
        machine=asking.machine,
    )
    rounds = Rounds(watch, store, Traffic(http), lambda: live.sampled(time.monotonic()))
    parts = Observatory(settings, store, config, roster, watch, views, live, rounds)
    await _recall(parts)
    task = asyncio.create_task(parts.rounds.run(), name="rounds")
    try:
        with ended_by_signals([parts.live.registry_stream, parts.live.people_stream]):
            yield parts
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await parts.watch.history.flush()
        await asking.close()
        await store.close()


async def _recall(parts: Observatory) -> None:
    """Leases and failures of before the restart; a start without memory is a start all the same."""
    now, wall = time.monotonic(), clock.now()
    leases: Sequence[Lease] = ()
    try:
        leases = await parts.watch.leases.load(now)
        for lease in leases:
            parts.watch.reload(lease)
        await parts.watch.refresh()
        window = timedelta(seconds=parts.config.rules.defaults.restart.crash_loop_window_seconds)
        failures = await history.failures_since(parts.store, wall - window)
    except HistoryUnavailable as error:
        log.error("memory_lost", error=str(error))
        failures = []
    parts.watch.remember_failures(
        [(instance, now - (wall - at).total_seconds()) for instance, at in failures]
    )
    _tell_start(parts, wall, len(leases), len(failures))


def _tell_start(parts: Observatory, at: datetime, leases: int, failures: int) -> None:
    own = parts.settings.identity
    parts.watch.history.record(
        Event(
            at,
            parts.settings.service,
            own,
            Kind.OBSERVER_STARTED,
            Severity.INFO,
            f"Der Observer ist gestartet und hat {leases} Anmeldungen übernommen.",
            f"The Observer has started and has taken over {leases} leases.",
            why={"epoch": parts.live.epoch, "leases": leases, "failures": failures},
        )
    )

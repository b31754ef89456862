"""What operators need of every service, in one go: health, metrics, registration and interface.

`install` while the application is put together, `running` as the last thing of its lifespan.
"""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from valero.kit import health, metrics, ui
from valero.kit.events import Consumers
from valero.kit.health import Identity, Invariant
from valero.kit.metrics import Metrics
from valero.kit.monitor import Monitor, Parts
from valero.kit.registration import Registration
from valero.kit.settings import Settings

CHECKS_AS_GAUGES = (
    ("outbox:age", "valero_outbox_age_seconds", "Age of the oldest event not yet sent."),
    ("events:deadLetters", "valero_dead_letters", "Events put aside for this service."),
    ("loop:lag", "valero_event_loop_lag_milliseconds", "Longest delay within ten seconds."),
)


def install(
    app: FastAPI, *, consumers: Consumers | None = None, invariants: Sequence[Invariant] = ()
) -> None:
    """Add `/health*`, `/metrics` and `/ui/<name>/`; expects `app.state` as `create` fills it."""
    state = app.state
    settings: Settings = state.settings
    measured = Metrics(state.name, instance=settings.identity, version=app.version)
    if state.database is not None:
        measured.watch_database(state.database.engine)
    state.metrics = measured
    state.consumers = consumers
    state.monitor = Monitor(
        Identity(
            service=state.name,
            instance=settings.identity,
            nonce=settings.nonce,
            pid=os.getpid(),
            version=app.version,
            description=app.title,
        ),
        Parts(
            database=state.database,
            bus=state.bus,
            invariants=invariants if state.database is not None else (),
            in_flight=lambda: measured.in_flight,
            folded=lambda: measured.folded,
        ),
    )
    for key, name, meaning in CHECKS_AS_GAUGES:
        measured.watch_value(name, meaning, partial(state.monitor.value, key))
    metrics.install(app, measured)
    health.install(
        app,
        report=state.monitor.report,
        ready=state.monitor.ready,
        token=settings.observer_token,
    )
    ui.install(app, settings.ui_dir)


@asynccontextmanager
async def running(app: FastAPI) -> AsyncIterator[None]:
    """Check in the background and be registered; leave first of all when the service stops."""
    state = app.state
    if state.relay is not None:
        done = state.consumers.done if state.consumers is not None else {}
        state.metrics.watch_events(sent=state.relay.sent, done=done)
    async with state.monitor, Registration(state.settings, version=app.version):
        yield

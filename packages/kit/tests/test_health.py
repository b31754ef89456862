"""What a service says about its health, to whom, how quickly, and in which shape."""

import asyncio
import json
import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from decimal import Decimal
from importlib.resources import files
from typing import Any
from uuid import UUID

import jsonschema
import pytest
import sqlalchemy as sa
from fastapi import FastAPI

from valero.kit import app, audit, clock, events, monitor
from valero.kit.bus import DeadLetter
from valero.kit.database import Database
from valero.kit.events import Consumers
from valero.kit.health import Check, Identity, Invariant, InvariantResult, Report, Status, invariant
from valero.kit.testing.clients import AppClient
from valero.kit.testing.postgres import PostgresProcess, ServiceDatabase
from valero.kit.testing.tokens import TENANT

OTHER_TENANT = UUID("00000000-0000-7000-8000-00000000000b")
IDENTITY = Identity("probe", "probe-1", "n0nce", 4711, "1.2.3", "Probe")
DIRECT = {"url": "/health"}


def schema() -> Any:
    return json.loads(files("valero.kit").joinpath("health.schema.json").read_text("utf8"))


def validate(content: Any) -> None:
    validator = jsonschema.Draft202012Validator(schema(), format_checker=jsonschema.FormatChecker())
    validator.validate(content)


async def eventually(check: Callable[[], Awaitable[Any]], seconds: float = 20.0) -> Any:
    """The first true answer of `check`."""
    async with asyncio.timeout(seconds):
        while not (answer := await check()):  # noqa: ASYNC110 - looks from outside
            await asyncio.sleep(0.02)
    return answer


@invariant("few_notes", de="Wenige Notizen", en="Few notes", every_seconds=1)
async def few_notes(session: Any) -> InvariantResult:
    count = await session.scalar(sa.text("select count(*) from notes"))
    return InvariantResult(ok=count < 2, value=count, detail=f"{count} notes")


@pytest.fixture(autouse=True)
def short_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Checks come quickly after one another."""
    for name in ("CPU_SECONDS", "MEMORY_SECONDS", "DATABASE_SECONDS", "EVENTS_SECONDS"):
        monkeypatch.setattr(monitor, name, 0.1)


Run = Callable[..., Any]


@pytest.fixture
def run(app_client: Any, probe_database: ServiceDatabase) -> Run:
    """`async with run(...)`: a service with these parts and a database."""

    def start(
        *invariants: Invariant, consumers: Consumers | None = None, **settings: Any
    ) -> AsyncIterator[AppClient]:
        def create(chosen: Any) -> FastAPI:
            return app.create("probe", settings=chosen, consumers=consumers, invariants=invariants)

        chosen = {"database_url": probe_database.url, "instance": "probe-1", "nonce": "n0nce"}
        return app_client(create, **(chosen | settings))

    return start


async def full(client: AppClient, *keys: str) -> dict[str, Any]:
    """The whole answer, once all of `keys` have been checked."""

    async def asked() -> Any:
        content = (await client.get("/health")).json()
        return content if set(keys) <= set(content["checks"]) else None

    content: dict[str, Any] = await eventually(asked)
    validate(content)
    return content


async def test_a_service_tells_who_it_is_and_how_it_is(run: Run, redis_url: str) -> None:
    async with run(few_notes, redis_url=redis_url) as client:
        content = await full(
            client,
            *("cpu:utilization", "memory:utilization", "database:connections", "uptime"),
            *("database:responseTime", "outbox:age", "events:deadLetters", "broker:connected"),
            *("loop:lag", "invariant:few_notes"),
        )
    # "warn" is what a late event loop on a busy machine earns; anything worse is a defect
    worst = {check.get("status") for checks in content["checks"].values() for check in checks}
    assert content["status"] == "pass" or (
        content["status"] == "warn" and content["checks"]["loop:lag"][0].get("status") == "warn"
    ), worst
    assert content["serviceId"] == "probe"
    assert content["x-instance"] == "probe-1"
    assert content["x-nonce"] == "n0nce"
    assert content["x-pid"] == os.getpid()
    assert content["checks"]["memory:utilization"][0]["observedValue"] > 10
    assert content["checks"]["database:connections"][0]["x-max"] == 20
    assert content["checks"]["invariant:few_notes"][0]["x-title"]["de"] == "Wenige Notizen"


async def test_the_answer_is_quick_small_and_of_its_own_type(run: Run) -> None:
    async with run(few_notes) as client:
        await full(client, "database:responseTime", "invariant:few_notes")
        times = []
        for _ in range(20):
            started = time.perf_counter()
            answer = await client.get("/health")
            times.append(time.perf_counter() - started)
        assert sorted(times)[10] < 0.05
        assert len(answer.content) < 4096
        assert answer.headers["content-type"] == "application/health+json"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-For": "127.0.0.1"},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Request-Id": "of the gateway"},
        {"Authorization": "Bearer wrong"},
    ],
)
async def test_strangers_see_the_status_alone(run: Run, headers: dict[str, str]) -> None:
    async with run(observer_token="secret") as client:
        answer = await client.get("/health", headers=headers)
        validate(answer.json())
        assert list(answer.json()) == ["status"]


async def test_whoever_has_the_token_sees_all_from_anywhere(run: Run) -> None:
    async with run(observer_token="secret") as client:
        headers = {"Authorization": "Bearer secret", "X-Forwarded-For": "192.0.2.1"}
        assert "checks" in (await client.get("/health", headers=headers)).json()


async def test_the_public_address_shows_the_status_alone(run: Run) -> None:
    async with run() as client:
        await full(client, "database:responseTime")
        answer = await client.get("/api/probe/health")
        assert (answer.status_code, answer.json()) == (200, {"status": "pass"})


async def test_a_service_without_a_database_stays_alive_but_is_not_ready(
    run: Run, postgres: PostgresProcess
) -> None:
    async with run() as client:
        await full(client, "database:responseTime")
        assert (await client.get("/health/ready")).status_code == 200
        await asyncio.to_thread(postgres.halt)
        try:

            async def not_ready() -> bool:
                return (await client.get("/health/ready")).status_code == 503

            await eventually(not_ready)
            assert (await client.get("/health/live")).status_code == 200
            answer = await client.get("/health")
            validate(answer.json())
            assert (answer.status_code, answer.json()["status"]) == (503, "fail")
            assert answer.json()["checks"]["database:responseTime"][0]["status"] == "fail"
        finally:
            await asyncio.to_thread(postgres.start)

        async def ready() -> bool:
            return (await client.get("/health/ready")).status_code == 200

        await eventually(ready)


async def test_a_service_that_stops_is_not_ready(run: Run) -> None:
    async with run() as client:
        await full(client, "database:responseTime")
        watching = client.app.state.monitor
        assert watching.ready() is Status.PASS
    assert watching.ready() is Status.FAIL


async def test_a_service_is_not_ready_before_its_database_answered(run: Run) -> None:
    async with run() as client:
        fresh = monitor.Monitor(IDENTITY, monitor.Parts(database=client.app.state.database))
        assert fresh.ready() is Status.FAIL


async def note(database: Database, tenant: UUID, count: int = 1) -> None:
    for _ in range(count):
        async with database.transaction(tenant=tenant) as session:
            identifier = clock.new_id()
            await session.execute(
                sa.text("insert into notes (id, number, text) values (:id, :number, '')"),
                {"id": identifier, "number": identifier.int % 1_000_000_007},
            )
            await audit.record(session, "note_written", str(identifier))


async def test_an_invariant_is_checked_for_every_tenant(run: Run, database: Database) -> None:
    async with run(few_notes) as client:
        await note(database, TENANT)
        await note(database, OTHER_TENANT)

        async def two_checked() -> Any:
            entry = (await full(client, "invariant:few_notes"))["checks"]["invariant:few_notes"][0]
            return entry if entry.get("x-tenants") == 2 else None

        assert (await eventually(two_checked))["status"] == "pass"
        await note(database, OTHER_TENANT)

        async def broken() -> Any:
            answer = await client.get("/health")
            entry = answer.json()["checks"]["invariant:few_notes"][0]
            return (answer, entry) if entry["status"] == "fail" else None

        answer, entry = await eventually(broken)
        assert answer.status_code == 503
        assert entry["observedValue"] == 2
        assert entry["output"] == "1 of 2 tenants: 2 notes"
        assert entry["x-broken"] == [str(OTHER_TENANT)]
        validate(answer.json())
        assert (await client.get("/health/ready")).status_code == 200


async def test_an_invariant_cannot_write(run: Run, database: Database) -> None:
    @invariant("writes", de="Schreibt", en="Writes", every_seconds=1)
    async def writes(session: Any) -> InvariantResult:
        await session.execute(sa.text("delete from notes"))
        return InvariantResult(ok=True)

    await note(database, TENANT)
    async with run(writes) as client:
        entry = (await full(client, "invariant:writes"))["checks"]["invariant:writes"][0]
    assert (entry["status"], entry["output"]) == ("warn", "unchecked: DBAPIError")
    async with database.transaction(tenant=TENANT) as session:
        assert await session.scalar(sa.text("select count(*) from notes")) == 1


async def test_events_that_nobody_fetches_are_seen(run: Run, database: Database) -> None:
    from valero.contracts.fibu import EntryReversed

    event = EntryReversed(
        entry_id=clock.new_id(), original_id=clock.new_id(), posted_on=clock.today()
    )
    async with database.transaction(tenant=TENANT) as session:
        await events.publish(session, event)
        await session.execute(
            sa.text("update outbox set created_at = now() - interval '90 seconds'")
        )
    async with run() as client:
        content = await full(client, "outbox:age")
        entry = content["checks"]["outbox:age"][0]
        assert (entry["status"], entry["x-pending"]) == ("warn", 1)
        assert 90 <= entry["observedValue"] < 120
        assert content["x-queue-depth"] == 1
        assert content["status"] == "warn"


async def test_dead_letters_are_seen(run: Run, redis_url: str) -> None:
    async with run(redis_url=redis_url) as client:
        bus = client.app.state.bus
        await bus.wait_connected()
        await bus.bury(DeadLetter("probe.x.v1", "take", "why", clock.now().isoformat(), "{}"))

        async def seen() -> Any:
            content = await full(client, "events:deadLetters")
            entry = content["checks"]["events:deadLetters"][0]
            return entry if entry["observedValue"] == 1 else None

        assert (await eventually(seen))["status"] == "warn"


async def test_a_broker_that_is_away_is_a_warning(run: Run) -> None:
    async with run(redis_url="redis://127.0.0.1:1") as client:
        content = await full(client, "broker:connected")
        assert content["checks"]["broker:connected"][0]["status"] == "warn"
        assert (await client.get("/health")).status_code == 200


async def test_a_blocked_event_loop_is_seen(run: Run) -> None:
    async with run() as client:
        await full(client, "loop:lag")
        time.sleep(1.6)  # noqa: ASYNC251 - the fault under test

        async def late() -> Any:
            content = await full(client, "loop:lag")
            return content if content["x-loop-lag-ms"] >= 1000 else None

        content = await eventually(late)
        assert content["checks"]["loop:lag"][0].get("status") == "warn"


def test_a_long_report_leaves_out_what_passes_and_keeps_what_fails() -> None:
    checks = {f"invariant:rule_{n}": Check(n, output="x" * 300) for n in range(60)}
    checks["invariant:rule_7"] = Check(7, status=Status.FAIL, output="broken")
    title = (("x-title", {"de": "Regel", "en": "Rule"}),)
    checks = {
        key: Check(one.value, status=one.status, output=one.output, more=title)
        for key, one in checks.items()
    }
    checks["uptime"] = Check(1, "s")
    report = Report(IDENTITY, checks, {"loop-lag-ms": 0, "inflight": 0, "queue-depth": 0})
    body = report.dump()
    content = json.loads(body)
    validate(content)
    assert len(body) <= 4096
    assert report.status is Status.FAIL
    assert content["checks"]["invariant:rule_7"][0]["status"] == "fail"
    assert "uptime" in content["checks"]
    left = len(content["checks"])
    assert content["notes"] == [f"{61 - left} checks left out"]


@pytest.mark.parametrize(
    ("statuses", "worst"),
    [
        ([], Status.PASS),
        ([Status.PASS, Status.WARN], Status.WARN),
        ([Status.FAIL, Status.PASS, Status.WARN], Status.FAIL),
    ],
)
def test_the_worst_check_decides(statuses: list[Status], worst: Status) -> None:
    checks = {f"invariant:c{n}": Check(1, status=status) for n, status in enumerate(statuses)}
    assert Report(IDENTITY, checks, {}).status is worst


def test_amounts_stay_exact() -> None:
    entry = monitor._judge({TENANT: InvariantResult(ok=False, value=Decimal("0.10"))})
    assert entry.dump()["observedValue"] == "0.10"


@pytest.mark.parametrize(
    "spoil",
    [
        {"status": "ok"},
        {"x-pid": "4711"},
        {"checks": {"cpu:utilization": [{"observedValue": 1}]}},
        {"checks": {"surprise:value": []}},
        {"surprise": 1},
    ],
)
def test_the_schema_refuses_another_shape(spoil: dict[str, Any]) -> None:
    content = json.loads(
        Report(IDENTITY, {}, {"loop-lag-ms": 0, "inflight": 0, "queue-depth": 0}).dump()
    )
    validate(content)
    with pytest.raises(jsonschema.ValidationError):
        validate(content | spoil)


def test_the_limit_of_memory_is_at_most_the_machine() -> None:
    import psutil

    assert 0 < monitor.memory_limit() <= psutil.virtual_memory().total

"""The wiring over a real broker: what beleg reports arrives, and what fibu reports is done."""

import asyncio
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from valero.beleg.app import create
from valero.beleg.sample import Sample, dump
from valero.contracts.beleg import InvoiceReceived
from valero.contracts.envelope import Envelope, Event
from valero.contracts.fibu import EntryPosted
from valero.kit import clock, events
from valero.kit.bus import BrokerAway, Bus, Delivery, Outgoing
from valero.kit.testing.tokens import TENANT

PATIENCE_SECONDS = 30


async def test_an_invoice_goes_out_and_its_booking_comes_back(
    service_database: Callable[..., Any], app_client: Any, redis_url: str, tmp_path: Path
) -> None:
    arrived: asyncio.Queue[InvoiceReceived] = asyncio.Queue()

    async def receive(delivery: Delivery) -> None:
        envelope = Envelope.model_validate_json(delivery.body)
        arrived.put_nowait(InvoiceReceived.model_validate(envelope.data))

    fibu = Bus(redis_url, service="fibu", instance="fibu-1")
    fibu.subscribe(InvoiceReceived.type, receive)
    database = await service_database("beleg")
    settings = {"database_url": database.url, "redis_url": redis_url, "home": tmp_path}
    async with fibu, app_client(create, **settings) as anybody, asyncio.timeout(PATIENCE_SECONDS):
        user = anybody.as_user("beleg:read", "beleg:receive")
        files = {"file": ("rechnung.xml", dump(Sample(number="RE-1")))}
        document = (await user.post("/api/beleg/documents", files=files)).json()
        invoice = await arrived.get()
        assert str(invoice.document_id) == document["id"]

        changes = anybody.app.state.feed.stream(TENANT, None)
        await anext(changes)
        entry = EntryPosted(
            entry_id=clock.new_id(),
            posted_on=date(2026, 11, 20),
            document_number=invoice.number,
            source="beleg",
            source_id=str(invoice.document_id),
            source_sha256=invoice.sha256,
            total=Decimal("119.00"),
            currency="EUR",
        )
        await send(fibu, entry)
        while "booked" not in await anext(changes):
            continue
        await changes.aclose()
        after = (await user.get(f"/api/beleg/documents/{document['id']}")).json()
        assert (after["state"], after["entry_id"]) == ("booked", str(entry.entry_id))


async def send(bus: Bus, event: Event) -> None:
    envelope = events.wrap(event, tenant=TENANT)
    outgoing = Outgoing(event.type, envelope.id, envelope.model_dump_json().encode())
    while True:
        try:
            await bus.transport.send([outgoing])
        except BrokerAway:
            await asyncio.sleep(0.05)
        else:
            return

"""Forks processes that relay or read, for tests that kill them; forking spares them the imports.

Each line on standard input is an order as JSON: role, database, broker, type, instance,
claim_seconds; for readers also failure_rate (some reactions raise) and deadly (a number over which
the process dies). Each line of output tells what became of one: started, ready or ended. The end
of the input ends everybody.
"""

import asyncio
import json
import os
import random
import select
import signal
from contextlib import nullcontext
from typing import Any, ClassVar

import sqlalchemy as sa

from valero.contracts.envelope import Envelope, Event
from valero.kit import clock, events
from valero.kit.bus import Bus
from valero.kit.bus_rabbit import RabbitTransport  # noqa: F401 - imported before forking
from valero.kit.bus_redis import RedisTransport  # noqa: F401
from valero.kit.database import Database
from valero.kit.events import Consumers, Relay

REPORTS = os.dup(1)
os.dup2(2, 1)  # logs go where errors go


def consumers_of(order: dict[str, Any]) -> Consumers:
    class Counted(Event):
        type: ClassVar[str] = order["type"]

        number: int

        @property
        def subject(self) -> str:
            return str(self.number)

    consumers = Consumers("probe")

    @consumers.on(Counted)
    async def take_note(session: Any, event: Any, envelope: Envelope) -> None:
        await session.execute(
            sa.text("insert into notes (id, number, text) values (:id, :number, '')"),
            {"id": clock.new_id(), "number": event.number},
        )
        if event.number == order.get("deadly"):
            os._exit(9)
        if random.random() < order.get("failure_rate", 0):
            raise ArithmeticError("by chance")

    return consumers


async def work(order: dict[str, Any]) -> None:
    database = Database(order["database"], application=order["instance"])
    reads = order["role"] == "reader"
    bus = Bus(
        order["broker"],
        service="probe" if reads else "producer",
        instance=order["instance"],
        claim_seconds=order["claim_seconds"],
    )
    if reads:
        consumers_of(order).attach(bus, database)
    async with bus, nullcontext() if reads else Relay(database, bus):
        await bus.wait_connected()
        tell(ready=order["instance"], pid=os.getpid())
        await asyncio.Event().wait()


def tell(**what: Any) -> None:
    """One line, written at once: short writes to a pipe are not mixed."""
    os.write(REPORTS, json.dumps(what).encode() + b"\n")


def fork(order: dict[str, Any]) -> int:
    child = os.fork()
    if child == 0:
        os.close(0)
        events.MOST_CRASHES = order.get("most_crashes", events.MOST_CRASHES)
        random.seed()
        asyncio.run(work(order))
        os._exit(0)
    tell(started=order["instance"], pid=child)
    return child


def main() -> None:
    children: dict[int, str] = {}
    unread = b""
    while True:
        for child in list(children):
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                code = os.waitstatus_to_exitcode(status)
                tell(ended=children.pop(pid), pid=pid, code=code)
        if not select.select([0], [], [], 0.02)[0]:
            continue
        read = os.read(0, 65536)
        if not read:
            break
        *lines, unread = (unread + read).split(b"\n")
        for line in lines:
            order = json.loads(line)
            children[fork(order)] = order["instance"]
    for child in children:
        os.kill(child, signal.SIGKILL)


if __name__ == "__main__":
    main()

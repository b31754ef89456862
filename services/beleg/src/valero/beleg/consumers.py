"""What beleg does when fibu reports something."""

from sqlalchemy.ext.asyncio import AsyncSession

from valero.beleg import bookings
from valero.contracts.envelope import Envelope
from valero.contracts.fibu import EntryPosted, EntryReversed
from valero.kit.events import Consumers

consumers = Consumers("beleg")


@consumers.on(EntryPosted)
async def note_booking(session: AsyncSession, event: EntryPosted, _envelope: Envelope) -> None:
    """A document on which an entry rests is booked."""
    await bookings.enter(session, event)


@consumers.on(EntryReversed)
async def note_reversal(session: AsyncSession, event: EntryReversed, _envelope: Envelope) -> None:
    """A document whose entry was reversed is open again."""
    await bookings.cancel(session, event)

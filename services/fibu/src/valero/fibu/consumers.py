"""What fibu does when others report something."""

from sqlalchemy.ext.asyncio import AsyncSession

from valero.contracts.beleg import InvoiceReceived
from valero.contracts.envelope import Envelope
from valero.fibu import proposals
from valero.kit import events

consumers = events.Consumers("fibu")


@consumers.on(InvoiceReceived)
async def propose_booking(
    session: AsyncSession, invoice: InvoiceReceived, envelope: Envelope
) -> None:
    """An incoming invoice becomes a booking proposal."""
    await proposals.receive(session, invoice, at=envelope.time)

"""What must always be true about users."""

from sqlalchemy.ext.asyncio import AsyncSession

from valero.auth import users
from valero.kit.health import InvariantResult, invariant


@invariant(
    "tenant_administered",
    de="Jeder Mandant hat einen aktiven Administrator",
    en="Every tenant has an active administrator",
    every_seconds=300,
)
async def tenant_administered(session: AsyncSession) -> InvariantResult:
    """Somebody can still let others in."""
    number = await users.administrators(session)
    return InvariantResult(ok=number > 0, value=number)

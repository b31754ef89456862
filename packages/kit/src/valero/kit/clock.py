"""The clock and the source of identifiers."""

from datetime import UTC, date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from uuid_utils.compat import uuid7

BERLIN = ZoneInfo("Europe/Berlin")


def now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Today's date in Germany, which decides periods and due dates."""
    return datetime.now(BERLIN).date()


def new_id() -> UUID:
    """A new identifier (UUID version 7, RFC 9562): later identifiers sort after earlier ones."""
    return uuid7()

"""Facts reported by fibu: an entry was posted, an entry was reversed."""

from datetime import date
from typing import ClassVar
from uuid import UUID

from valero.contracts.envelope import Amount, Currency, Event, Sha256


class EntryPosted(Event):
    """A balanced entry stands in the journal and can only be corrected by a reversal."""

    type: ClassVar[str] = "fibu.entry_posted.v1"

    entry_id: UUID
    number: int | None = None
    """Gapless journal number; absent until the entry is sealed."""
    posted_on: date
    document_number: str
    source: str
    """Service the entry came from, for example "beleg" or "manual"."""
    source_id: str | None = None
    """Id within the source, for "beleg" the document id."""
    source_sha256: Sha256 | None = None
    """Hash of the archived document the entry rests on."""
    total: Amount
    """Sum of the debits."""
    currency: Currency

    @property
    def subject(self) -> str:
        return str(self.entry_id)


class EntryReversed(Event):
    """An entry was cancelled by a reversing entry; both stay in the journal."""

    type: ClassVar[str] = "fibu.entry_reversed.v1"

    entry_id: UUID
    """The reversing entry."""
    original_id: UUID
    """The entry that was cancelled."""
    posted_on: date

    @property
    def subject(self) -> str:
        return str(self.entry_id)

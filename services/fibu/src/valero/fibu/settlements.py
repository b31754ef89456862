"""Settling open items: by a bank line, partially, collectively, back again, or by clearing.

A payment that comes back is a settlement of the opposite sign: the item is open again. A bank line
is booked once, as any document; reversing its entry opens both the line and the items.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import Text, cast, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from valero.fibu import journal, matching, open_items
from valero.fibu.drafts import ZERO, Draft, Line, Source
from valero.fibu.models import Booking, Entry, Settlement, StatementLine
from valero.fibu.open_items import Filter, Item
from valero.fibu.wording import amount_de, amount_en
from valero.kit import clock, paging
from valero.kit.auth import Principal
from valero.kit.errors import Conflict, FieldError, Invalid, NotFound

SOURCE = "bank"


class StatementLineNotFound(NotFound):
    """There is no such line on any statement."""


class OpenItemNotFound(NotFound):
    """There is no such item, or not yet on that day."""


class SettlementUnbalanced(Invalid):
    """What is taken off the items is not what the bank moved."""

    title_de = "Zuordnung geht nicht auf"
    title_en = "Settlement does not add up"


class SettlementExceedsItem(Conflict):
    """More is taken off an item than is open, or more given back than was settled."""

    title_de = "Mehr als offen ist"
    title_en = "More than is open"


@dataclass(frozen=True)
class Share:
    """What is taken off one item, in its natural sign; negative when a payment came back."""

    item_id: UUID
    amount: Decimal


async def get_line(session: AsyncSession, line_id: UUID) -> StatementLine:
    """The bank line. Raises StatementLineNotFound."""
    found = await session.scalar(select(StatementLine).where(StatementLine.id == line_id))
    if found is None:
        raise StatementLineNotFound(
            de="Diesen Umsatz gibt es nicht.", en="There is no such statement line."
        )
    return found


async def find_lines(
    session: AsyncSession, page: paging.PageQuery, *, booked: bool | None = None
) -> paging.Rows[StatementLine]:
    """A page of bank lines, latest first; only those booked or not booked if asked for."""
    wanted = select(StatementLine)
    if booked is not None:
        ids = select(Booking.source_id).where(Booking.source == SOURCE)
        is_booked = cast(StatementLine.id, Text).in_(ids)
        wanted = wanted.where(is_booked if booked else ~is_booked)
    by = [StatementLine.booked_on, StatementLine.id]
    return await paging.read(session, wanted, page, by=by, descending=True)


async def find_entries(session: AsyncSession, ids: Sequence[UUID]) -> Mapping[UUID, UUID]:
    """The entries that book those of the bank lines `ids` that are booked."""
    wanted = select(Booking.source_id, Booking.entry_id).where(
        Booking.source == SOURCE, Booking.source_id.in_([str(one) for one in ids])
    )
    return {UUID(row.source_id): row.entry_id for row in await session.execute(wanted)}


async def match(session: AsyncSession, line_id: UUID) -> list[matching.Match]:
    """The open items that a bank line may pay, best first. Raises StatementLineNotFound."""
    line = await get_line(session, line_id)
    returned = line.return_code is not None or line.is_reversal
    wanted = Filter(max(clock.today(), line.booked_on), settled_too=returned)
    payment = matching.Payment(
        amount=line.amount,
        currency=line.currency,
        booked_on=line.booked_on,
        name=line.counterparty,
        purpose=line.remittance,
        returned=returned,
    )
    items = await open_items.find_all(session, wanted)
    return matching.find(payment, [_claim(item, returned=returned) for item in items])


async def settle(
    session: AsyncSession, line_id: UUID, shares: Sequence[Share], *, by: Principal
) -> Entry:
    """Book a bank line against the items of `shares` and take the amounts off them.

    Raises StatementLineNotFound, OpenItemNotFound, SettlementUnbalanced, SettlementExceedsItem,
    and what `journal.post` raises, DuplicatePosting for a line booked before.
    """
    line = await get_line(session, line_id)
    items = await _checked(session, shares, as_of=max(clock.today(), line.booked_on))
    lines = [Line(open_items.rules()["bank"], line.amount, line.currency)]
    for share in shares:
        item = items[share.item_id]
        amount = -item.side.sign * share.amount
        text = f"Ausgleich {item.document_number}"
        lines.append(Line(item.account, amount, item.currency, partner=item.partner, text=text))
    _check_sum(lines)
    entry = await journal.post(session, _draft(line, tuple(lines)), by=by, opens_items=False)
    await _keep(session, shares, items, line.booked_on, entry.id)
    return entry


async def clear(session: AsyncSession, shares: Sequence[Share], *, on: date) -> None:
    """Set items off against each other on a day, for example a credit note against an invoice.

    Raises OpenItemNotFound, SettlementUnbalanced if they do not cancel out account by account,
    SettlementExceedsItem.
    """
    items = await _checked(session, shares, as_of=on)
    by_account: dict[str, list[Line]] = {}
    for share in shares:
        item = items[share.item_id]
        line = Line(item.account, -item.side.sign * share.amount, item.currency)
        by_account.setdefault(item.account, []).append(line)
    for lines in by_account.values():
        _check_sum(lines)
    await _keep(session, shares, items, on, None)


async def _checked(
    session: AsyncSession, shares: Sequence[Share], *, as_of: date
) -> Mapping[UUID, Item]:
    """The items of `shares`, locked; what is taken off leaves between nothing and all open."""
    items = await open_items.lock(session, {share.item_id for share in shares}, as_of=as_of)
    left = {item.id: item.open for item in items.values()}
    for position, share in enumerate(shares):
        item = items.get(share.item_id)
        if item is None:
            raise OpenItemNotFound(
                de="Diesen offenen Posten gibt es nicht.", en="There is no such open item."
            )
        left[item.id] -= share.amount
        lowest, highest = sorted((ZERO, item.amount))
        if not share.amount or not lowest <= left[item.id] <= highest:
            raise SettlementExceedsItem(
                de=f"Beim Posten {item.document_number} sind {amount_de(item.open, item.currency)} "
                f"offen und {amount_de(item.settled, item.currency)} ausgeglichen.",
                en=f"Of item {item.document_number}, {amount_en(item.open, item.currency)} are "
                f"open and {amount_en(item.settled, item.currency)} are settled.",
                errors=[
                    FieldError(f"/items/{position}/amount", "exceeds", "Zu viel.", "Too much.")
                ],
            )
    return items


def _check_sum(lines: Sequence[Line]) -> None:
    currency = lines[0].currency
    difference = sum((line.amount for line in lines), ZERO)
    off = abs(difference)
    if difference or any(line.currency != currency for line in lines):
        raise SettlementUnbalanced(
            de=f"Die Zuordnung weicht um {amount_de(off, currency)} vom Umsatz ab.",
            en=f"The settlement differs from the payment by {amount_en(off, currency)}.",
            errors=[FieldError("/items", "unbalanced", "Geht nicht auf.", "Does not add up.")],
        )


async def _keep(
    session: AsyncSession,
    shares: Sequence[Share],
    items: Mapping[UUID, Item],
    on: date,
    entry_id: UUID | None,
) -> None:
    act_id = clock.new_id()
    rows = [
        {
            "id": clock.new_id(),
            "act_id": act_id,
            "item_id": share.item_id,
            "amount": -items[share.item_id].side.sign * share.amount,
            "settled_on": on,
            "entry_id": entry_id,
        }
        for share in shares
    ]
    await session.execute(insert(Settlement), rows)


def _draft(line: StatementLine, lines: tuple[Line, ...]) -> Draft:
    who = line.counterparty or "Bank"
    return Draft(
        posted_on=line.booked_on,
        document_on=line.booked_on,
        document_number=line.bank_reference or f"Bank {line.booked_on:%Y-%m-%d}",
        text=f"{who}: {line.remittance}"[:500].rstrip(": "),
        currency=line.currency,
        lines=lines,
        source=Source(SOURCE, str(line.id)),
    )


def _claim(item: Item, *, returned: bool) -> matching.Claim:
    """The item as a payment on the bank account; for a return, what was settled of it."""
    amount = -item.settled if returned else item.open
    return matching.Claim(
        id=item.id,
        amount=item.side.sign * amount,
        currency=item.currency,
        number=item.document_number,
        name=item.partner,
        due_on=item.due_on,
    )

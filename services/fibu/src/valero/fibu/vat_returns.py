"""Advance VAT returns of a month or quarter: computed from the journal, filed, corrected.

What was filed is kept. If the journal says something else later, the next filing is a corrected
return (Kz 10) and shows the difference to the one before (§ 153 AO).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from valero.fibu import ustva, vat
from valero.fibu.models import VatReturn
from valero.fibu.ustva import Form, Movement, Role
from valero.fibu.wording import amount_de
from valero.kit import audit, clock, paging
from valero.kit.auth import Principal
from valero.kit.errors import Conflict, Invalid, NotFound

PERIOD = re.compile(r"^(\d{4})-(?:(0[1-9]|1[0-2])|Q([1-4]))$")
HOME_CURRENCY = "EUR"
ROLES = {"input_tax": Role.INPUT_TAX, "output_tax": Role.OUTPUT_TAX}
"""By the tax behaviour of the account; a line with a code on another taxable account is a base."""

LINES = """
    from entries e
    join lines l on l.tenant_id = e.tenant_id and l.entry_id = e.id
    join accounts a on a.tenant_id = l.tenant_id and a.number = l.account
    where e.posted_on between :first and :last
"""
SUMS = text(
    f"""
    select coalesce(l.tax_code, a.tax_code) as code, a.tax, l.currency, sum(l.amount) as amount
    {LINES} and (
        coalesce(l.tax_code, a.tax_code) is not null or a.tax in ('input_tax', 'output_tax')
    )
    group by 1, 2, 3 order by 1, 2, 3
    """
)
BEHIND = text(
    f"""
    select e.posted_on, e.id as entry_id, l.position, e.document_number, e.text, l.account,
        coalesce(l.tax_code, a.tax_code) as code, a.tax, l.amount
    {LINES} and l.currency = 'EUR'
        and coalesce(l.tax_code, a.tax_code) || '.' || case
            when a.tax in ('input_tax', 'output_tax') then a.tax
            when a.tax <> 'none' then 'base' else '' end = any(:wanted)
        and (e.posted_on, e.id, l.position) > (:seen_on, :seen_id, :seen_position)
    order by e.posted_on, e.id, l.position limit :limit
    """
)
START = (date.min, UUID(int=0), 0)


class VatPeriodInvalid(Invalid):
    """Neither a month such as 2026-03 nor a quarter such as 2026-Q1."""

    title_de = "Voranmeldungszeitraum ungültig"
    title_en = "Invalid VAT period"


class VatFormUnknown(Invalid):
    """The form of that year is not known here; nothing is guessed."""

    title_de = "Formular unbekannt"
    title_en = "Unknown form"


class KzUnknown(NotFound):
    """The form has no such field, or one that is computed from others."""


class VatReturnUnchanged(Conflict):
    """The journal says what was filed already."""

    title_de = "Keine Änderung"
    title_en = "Nothing changed"


@dataclass(frozen=True)
class Period:
    """A month or quarter, first and last day inclusive."""

    name: str
    first: date
    last: date


@dataclass(frozen=True)
class Current:
    """The return as the journal has it now; `filed` are those sent, oldest first."""

    period: Period
    form: Form
    values: Mapping[str, Decimal]
    warnings: Sequence[str]
    filed: Sequence[VatReturn]

    @property
    def difference(self) -> Mapping[str, Decimal]:
        """The change against the last filed return, by Kz; empty if none was filed."""
        if not self.filed:
            return {}
        last = {kz: Decimal(amount) for kz, amount in self.filed[-1].amounts.items()}
        return ustva.difference(self.values, last)

    @property
    def is_correction(self) -> bool:
        """Whether filing it now would correct an earlier return (Kz 10)."""
        return bool(self.difference)


@dataclass(frozen=True)
class Behind:
    """One line that a Kz sums; `amount` as the form counts it."""

    posted_on: date
    entry_id: UUID
    position: int
    document_number: str
    text: str
    account: str
    code: str
    amount: Decimal


def period(name: str) -> Period:
    """The period that is called "2026-03" or "2026-Q1". Raises VatPeriodInvalid."""
    match = PERIOD.match(name)
    if match is None or not 1 <= int(match[1]) <= 9998:
        raise VatPeriodInvalid(
            de="Ein Zeitraum heißt wie 2026-03 oder 2026-Q1.",
            en="A period is called like 2026-03 or 2026-Q1.",
        )
    year, months = int(match[1]), 1 if match[2] else 3
    month = int(match[2]) if match[2] else int(match[3]) * 3 - 2
    after = date(year + (month + months > 12), (month + months - 1) % 12 + 1, 1)
    return Period(name, date(year, month, 1), after - timedelta(days=1))


async def compute(session: AsyncSession, name: str) -> Current:
    """The return of a period from the journal. Raises VatPeriodInvalid and VatFormUnknown."""
    wanted = period(name)
    form = _form(wanted)
    days = {"first": wanted.first, "last": wanted.last}
    movements, warnings = [], []
    for row in await session.execute(SUMS, days):
        warning = _doubt(row)
        if warning:
            warnings.append(warning)
            continue
        role = ROLES.get(row.tax, Role.BASE)
        movements.append(Movement(row.code, role, row.amount))
    found = ustva.compute(form, movements)
    filed = select(VatReturn).where(VatReturn.period == name).order_by(VatReturn.number)
    rows = (await session.scalars(filed)).all()
    return Current(wanted, form, found.values, [*warnings, *found.warnings], rows)


async def find_behind(
    session: AsyncSession, name: str, kz: str, page: paging.PageQuery
) -> tuple[Sequence[Behind], str | None]:
    """The lines that a Kz sums, oldest first, and the cursor of the next page.

    Raises VatPeriodInvalid, VatFormUnknown, KzUnknown, paging.CursorInvalid.
    """
    wanted = period(name)
    field = _form(wanted).fields.get(kz)
    if field is None:
        raise KzUnknown(
            de=f"Hinter der Kennzahl {kz} stehen keine Buchungen.",
            en=f"There are no postings behind Kz {kz}.",
        )
    seen = START if page.after is None else paging.decode_cursor(page.after, date, UUID, int)
    parameters = {
        "first": wanted.first,
        "last": wanted.last,
        "wanted": [f"{code}.{role}" for code, role in field.lines],
        "seen_on": seen[0],
        "seen_id": seen[1],
        "seen_position": seen[2],
        "limit": page.limit + 1,
    }
    rows = (await session.execute(BEHIND, parameters)).all()
    found = [_behind(row) for row in rows[: page.limit]]
    if len(rows) <= page.limit:
        return found, None
    last = found[-1]
    return found, paging.encode_cursor(last.posted_on, last.entry_id, last.position)


async def file(session: AsyncSession, name: str, *, by: Principal) -> VatReturn:
    """Keep the return as filed now; a later one of the same period is a correction.

    Raises VatReturnUnchanged, VatPeriodInvalid, VatFormUnknown; two at once: one succeeds.
    """
    current = await compute(session, name)
    if current.filed and not current.is_correction:
        raise VatReturnUnchanged(
            de=f"Die Voranmeldung {name} ist mit genau diesen Werten schon übermittelt.",
            en=f"The return {name} was filed with exactly these values.",
        )
    row = VatReturn(
        period=name,
        number=len(current.filed) + 1,
        form=current.form.version,
        amounts={kz: str(amount) for kz, amount in current.values.items()},
        filed_at=clock.now(),
        filed_by=by.user_id,
        filed_by_name=by.name,
    )
    session.add(row)
    await session.flush()
    await audit.record(session, "vat_return_filed", f"{name}/{row.number}", None, row.amounts)
    return row


def _form(wanted: Period) -> Form:
    form = ustva.form(wanted.first)
    if form is None:
        raise VatFormUnknown(
            de=f"Das Formular der Voranmeldung für {wanted.first.year} ist nicht hinterlegt.",
            en=f"The VAT return form of {wanted.first.year} is not known here.",
        )
    return form


def _doubt(row: Any) -> str | None:
    """Why a sum cannot go into the return, in German."""
    amount = amount_de(abs(row.amount), row.currency)
    if row.currency != HOME_CURRENCY:
        return f"{amount} mit Steuerschlüssel {row.code} sind nicht in Euro gebucht und fehlen."
    if row.code is None:
        return (
            f"{amount} stehen ohne Steuerschlüssel auf Steuerkonten und fehlen."
            if row.amount
            else None
        )
    if row.code not in vat.codes() or row.tax == "none":
        return f"{amount} tragen den Steuerschlüssel {row.code} auf einem Konto ohne Steuer."
    return None


def _behind(row: Any) -> Behind:
    fields = dict(row._mapping)
    role = ROLES.get(fields.pop("tax"), Role.BASE)
    fields["amount"] = ustva.sign(row.code, role) * row.amount
    return Behind(**fields)

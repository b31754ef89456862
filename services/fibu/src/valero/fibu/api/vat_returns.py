"""Routes of the advance VAT return (Umsatzsteuer-Voranmeldung)."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from valero.fibu import ustva, vat_returns
from valero.fibu.api.entries import Person
from valero.fibu.api.fields import Poster, Reader
from valero.fibu.models import VatReturn
from valero.kit import idempotency, paging
from valero.kit.database import Session
from valero.kit.idempotency import Idempotent
from valero.kit.money import Amount

router = APIRouter()


class KzOut(BaseModel):
    """One field: bases in full euro, taxes in cents; `difference` to the return filed last."""

    kz: str
    meaning: str
    kind: str
    amount: str
    difference: str | None


class FilingOut(BaseModel):
    """A return as filed; number 1 is the first, later ones are corrected returns."""

    period: str
    number: int
    form: str
    amounts: dict[str, str]
    filed_at: datetime
    filed_by: Person

    @classmethod
    def of(cls, row: VatReturn) -> "FilingOut":
        """From the database."""
        return cls(
            period=row.period,
            number=row.number,
            form=row.form,
            amounts=row.amounts,
            filed_at=row.filed_at,
            filed_by=Person(id=row.filed_by, name=row.filed_by_name),
        )


class VatReturnOut(BaseModel):
    """The return as the journal has it now; `corrected` is Kz 10. Warnings in German."""

    period: str
    first: date
    last: date
    form: str
    corrected: bool
    fields: list[KzOut]
    warnings: list[str]
    filed: list[FilingOut]


class BehindOut(BaseModel):
    """One line behind a Kz; `amount` as the form counts it."""

    model_config = ConfigDict(from_attributes=True)

    posted_on: date
    entry_id: UUID
    position: int
    document_number: str
    text: str
    account: str
    code: str
    amount: Amount


@router.get("/vat-returns/{period}")
async def get_vat_return(period: str, session: Session, _caller: Reader) -> VatReturnOut:
    """The return of a month (2026-03) or quarter (2026-Q1), computed from tax codes."""
    found = await vat_returns.compute(session, period)
    shown = {*found.values, *found.difference}
    order = [*found.form.fields, ustva.RESULT]
    return VatReturnOut(
        period=period,
        first=found.period.first,
        last=found.period.last,
        form=found.form.version,
        corrected=found.is_correction,
        fields=[_field(found, kz) for kz in order if kz in shown],
        warnings=list(found.warnings),
        filed=[FilingOut.of(row) for row in found.filed],
    )


@router.get("/vat-returns/{period}/{kz}")
async def list_lines_behind(
    period: str, kz: str, session: Session, page: paging.Paging, _caller: Reader
) -> paging.Page[BehindOut]:
    """The lines that one Kz sums, oldest first; without `total`."""
    lines, after = await vat_returns.find_behind(session, period, kz, page)
    return paging.Page(items=[BehindOut.model_validate(line) for line in lines], next=after)


@router.post("/vat-returns/{period}/filings", status_code=201)
async def file_vat_return(
    period: str, session: Session, caller: Poster, key: Idempotent
) -> FilingOut:
    """Keep the return as filed; nothing is sent to the tax office."""

    async def file() -> FilingOut:
        return FilingOut.of(await vat_returns.file(session, period, by=caller))

    return await idempotency.run(key, session, {"period": period}, file)


def _field(found: vat_returns.Current, kz: str) -> KzOut:
    field = found.form.fields.get(kz)
    change = found.difference.get(kz, Decimal(0)) if found.filed else None
    return KzOut(
        kz=kz,
        meaning=field.meaning if field else "Verbleibende Vorauszahlung, negativ ein Überschuss",
        kind=field.kind if field else ustva.Kind.TAX,
        amount=str(found.values.get(kz, Decimal(0))),
        difference=None if change is None else str(change),
    )

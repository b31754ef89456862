"""Route of the trial balance (Summen- und Saldenliste)."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from valero.fibu import trial_balance
from valero.fibu.api.fields import Currency, Reader
from valero.kit import clock, etag
from valero.kit.database import Session
from valero.kit.money import Amount

router = APIRouter()


class BalanceOut(BaseModel):
    """One account; `balance` is debit minus credit."""

    model_config = ConfigDict(from_attributes=True)

    account: str
    name: str
    type: str
    debit: Amount
    credit: Amount
    balance: Amount


class SheetOut(BaseModel):
    """The trial balance of one currency."""

    currency: str
    accounts: list[BalanceOut]
    total_debit: Amount
    total_credit: Amount
    balanced: bool

    @classmethod
    def of(cls, sheet: trial_balance.Sheet) -> "SheetOut":
        """From the ledger."""
        return cls(
            currency=sheet.currency,
            accounts=[BalanceOut.model_validate(row) for row in sheet.rows],
            total_debit=sheet.total_debit,
            total_credit=sheet.total_credit,
            balanced=sheet.is_balanced,
        )


class TrialBalanceOut(SheetOut):
    """The asked-for currency, and in `currencies` the sheets of all currencies with postings."""

    as_of: date
    currencies: list[SheetOut]


@router.get("/trial-balance")
async def get_trial_balance(
    request: Request,
    response: Response,
    session: Session,
    caller: Reader,
    as_of: date | None = None,
    currency: Annotated[Currency, Query()] = "EUR",
) -> TrialBalanceOut:
    """Debit, credit and balance of every account up to and including `as_of` (today)."""
    day = as_of or clock.today()
    sheets = [SheetOut.of(sheet) for sheet in await trial_balance.read(session, as_of=day)]
    empty = SheetOut.of(trial_balance.Sheet(currency, []))
    main = next((sheet for sheet in sheets if sheet.currency == currency), empty)
    found = TrialBalanceOut(as_of=day, currencies=sheets, **dict(main))
    etag.conditional(request, response, (caller.tenant_id, found.model_dump_json()))
    return found

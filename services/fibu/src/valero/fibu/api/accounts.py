"""Routes of the chart of accounts and the account sheets."""

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from valero.fibu import account_sheet, accounts
from valero.fibu.api.fields import AccountNumber, Currency, Reader, Words
from valero.fibu.drafts import is_debit
from valero.kit import paging
from valero.kit.database import Session
from valero.kit.money import Amount

router = APIRouter()


class AccountOut(BaseModel):
    """An account of the chart; `automatic` marks an Automatikkonto, which implies `tax_code`."""

    model_config = ConfigDict(from_attributes=True)

    number: str
    name: str
    type: str
    tax: str
    automatic: bool
    tax_code: str | None
    valid_from: date | None
    valid_to: date | None


class SheetLineOut(BaseModel):
    """One posting on an account; `balance` after it, positive is a debit balance."""

    entry_id: UUID
    posted_on: date
    document_number: str
    text: str
    debit: Amount | None
    credit: Amount | None
    balance: Amount


class AccountSheetOut(BaseModel):
    """A page of an account's postings in one currency, oldest first."""

    account: AccountOut
    currency: str
    items: list[SheetLineOut]
    next: str | None


def wanted_span(
    currency: Annotated[Currency, Query()] = "EUR",
    from_: Annotated[date | None, Query(alias="from")] = None,
    to: date | None = None,
) -> account_sheet.Span:
    """Which part of the sheet is asked for."""
    return account_sheet.Span(currency, from_, to)


@router.get("/accounts")
async def list_accounts(
    session: Session, page: paging.Paging, _caller: Reader, q: Words = None
) -> paging.Page[AccountOut]:
    """The chart of accounts; `q` is the beginning of a number or a part of a name."""
    rows = await accounts.find(session, page, q=q)
    return rows.page(AccountOut.model_validate)


@router.get("/accounts/{number}/sheet")
async def get_account_sheet(
    number: AccountNumber,
    session: Session,
    page: paging.Paging,
    _caller: Reader,
    span: Annotated[account_sheet.Span, Depends(wanted_span)],
) -> AccountSheetOut:
    """What was posted on one account, oldest first, with the running balance."""
    account = await accounts.get(session, number)
    postings, after = await account_sheet.read(session, number, span, page)
    return AccountSheetOut(
        account=AccountOut.model_validate(account),
        currency=span.currency,
        items=[_line(posting) for posting in postings],
        next=after,
    )


def _line(posting: account_sheet.Posting) -> SheetLineOut:
    debit = is_debit(posting.amount, reversal=posting.is_reversal)
    return SheetLineOut(
        entry_id=posting.entry_id,
        posted_on=posting.posted_on,
        document_number=posting.document_number,
        text=posting.text,
        debit=posting.amount if debit else None,
        credit=None if debit else -posting.amount,
        balance=posting.balance,
    )

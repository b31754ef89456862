"""Routes of the periods of the fiscal years."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, ConfigDict

from valero.fibu import periods
from valero.fibu.api.fields import Configurer, Reader
from valero.kit.database import Session

router = APIRouter()


class PeriodOut(BaseModel):
    """A month of a fiscal year."""

    model_config = ConfigDict(from_attributes=True)

    starts_on: date
    ends_on: date
    state: periods.State


def first_of_month(
    year: Annotated[int, Path(ge=1900, le=2999)], month: Annotated[int, Path(ge=1, le=12)]
) -> date:
    """The period that a path names."""
    return date(year, month, 1)


Month = Annotated[date, Depends(first_of_month)]


@router.get("/periods")
async def list_periods(session: Session, _caller: Reader) -> list[PeriodOut]:
    """The months of all fiscal years with postings, oldest first."""
    return [PeriodOut.model_validate(period) for period in await periods.find(session)]


@router.put("/periods/{year}/{month}/closing")
async def close_period(month: Month, session: Session, _caller: Configurer) -> PeriodOut:
    """Close a month: it accepts no more postings."""
    return PeriodOut.model_validate(await periods.close(session, month))


@router.delete("/periods/{year}/{month}/closing")
async def reopen_period(month: Month, session: Session, _caller: Configurer) -> PeriodOut:
    """Open a closed month again."""
    return PeriodOut.model_validate(await periods.reopen(session, month))

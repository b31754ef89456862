"""Routes of exports for the tax adviser."""

from calendar import monthrange
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Response

from valero.fibu import exports
from valero.fibu.api.fields import Reader
from valero.kit.database import Session

router = APIRouter()

MONTH = r"^20[0-9]{2}-(0[1-9]|1[0-2])$"


@router.get("/exports/datev", response_class=Response)
async def export_datev(
    session: Session,
    _caller: Reader,
    month: Annotated[str, Query(pattern=MONTH)],
    consultant: Annotated[int, Query(ge=1001, le=9999999)],
    client: Annotated[int, Query(ge=1, le=99999)],
) -> Response:
    """One month as DATEV EXTF 700 Buchungsstapel 13, checked before it leaves."""
    first = date.fromisoformat(f"{month}-01")
    last = first.replace(day=monthrange(first.year, first.month)[1])
    office = exports.Office(consultant, client)
    data = await exports.dump_datev(session, first, last, office)
    name = f"EXTF_Buchungsstapel_{month}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(data, media_type="text/csv; charset=windows-1252", headers=headers)

"""HTTP routes of fibu. Amounts are strings such as "119.00"; a line has a debit or a credit."""

from fastapi import APIRouter

from valero.fibu.api import (
    accounts,
    entries,
    exports,
    open_items,
    periods,
    proposals,
    seals,
    statements,
    trial_balance,
    vat_returns,
)

PERMISSIONS = {
    "fibu:read": "Konten, Journal und Saldenliste ansehen",
    "fibu:post": "Buchen und stornieren",
    "fibu:configure": "Buchungsperioden schließen und öffnen, Buchungen festschreiben",
}

router = APIRouter(prefix="/api/fibu", tags=["fibu"])
for part in (
    accounts,
    entries,
    proposals,
    trial_balance,
    periods,
    seals,
    statements,
    open_items,
    vat_returns,
    exports,
):
    router.include_router(part.router)

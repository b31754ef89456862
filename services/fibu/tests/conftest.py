"""What the tests of fibu share: one migrated database, a new tenant per test, invoices."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from lxml import etree
from sqlalchemy.ext.asyncio import AsyncSession

from valero.contracts.beleg import InvoiceReceived, InvoiceTax
from valero.fibu import journal
from valero.fibu.drafts import Draft, Line
from valero.fibu.models import Entry
from valero.kit.auth import Principal
from valero.kit.database import Database
from valero.kit.testing.factories import factory

OFFICIAL = Path(__file__).parents[4] / "shared" / "data" / "xrechnung"


@dataclass(frozen=True)
class Books:
    """The books of one tenant."""

    database: Database
    tenant: UUID

    @property
    def keeper(self) -> Principal:
        return Principal(
            user_id=UUID(int=1),
            tenant_id=self.tenant,
            name="Erika Mustermann",
            email="erika@example.com",
            roles=(),
            permissions=frozenset({"fibu:post"}),
            session_id="test",
        )

    def open(self) -> AbstractAsyncContextManager[AsyncSession]:
        """A transaction, committed at the end."""
        return self.database.transaction(tenant=self.tenant, principal=self.keeper)

    async def post(self, draft: Draft) -> Entry:
        """Post one entry in a transaction of its own."""
        async with self.open() as session:
            return await journal.post(session, draft, by=self.keeper)


@pytest.fixture(scope="session")
async def fibu_database(service_database):
    return await service_database("fibu")


@pytest.fixture(scope="session")
async def database(fibu_database) -> AsyncIterator[Database]:
    database = Database(fibu_database.url, pool_size=10, overflow=20)
    yield database
    await database.close()


@pytest.fixture(scope="session")
def new_books(database) -> Callable[[], Books]:
    """Books of a tenant that nobody knew before."""
    return lambda: Books(database, uuid4())


@pytest.fixture
def books(new_books) -> Books:
    return new_books()


def _draft(*lines: tuple[str, str], **fields: Any) -> Draft:
    values = {
        "posted_on": date(2026, 3, 2),
        "document_on": date(2026, 3, 1),
        "document_number": "RE-1",
        "text": "Büromaterial",
        "currency": "EUR",
        **fields,
    }
    lines = lines or (("4930", "100.00"), ("1576", "19.00"), ("1600", "-119.00"))
    signed = tuple(Line(account, Decimal(amount), values["currency"]) for account, amount in lines)
    return Draft(lines=signed, **values)


@pytest.fixture(scope="session")
def draft() -> Callable[..., Draft]:
    """`draft(("4930", "100.00"), ("1200", "-100.00"), text=...)`."""
    return _draft


@pytest.fixture(scope="session")
def invoice() -> Callable[..., InvoiceReceived]:
    """An InvoiceReceived over 100.00 + 19 %, with what the test overrides."""
    return factory(
        InvoiceReceived,
        document_id=lambda _number: uuid4(),
        sha256="0" * 64,
        syntax="ubl",
        type_code="380",
        number=lambda number: f"RE-{number:04}",
        issued_on=date(2026, 3, 1),
        currency="EUR",
        seller_name="Muster GmbH",
        seller_vat_id="DE123456789",
        buyer_name="Käufer AG",
        line_total=Decimal("100.00"),
        tax_exclusive=Decimal("100.00"),
        tax_total=Decimal("19.00"),
        tax_inclusive=Decimal("119.00"),
        prepaid=Decimal("0.00"),
        rounding=Decimal("0.00"),
        payable=Decimal("119.00"),
        taxes=(
            InvoiceTax(
                category="S", rate=Decimal(19), base=Decimal("100.00"), tax=Decimal("19.00")
            ),
        ),
    )


@pytest.fixture(scope="session")
def official_invoices() -> list[InvoiceReceived]:
    """The official XRechnung business cases, read with the fewest means that do."""
    if not OFFICIAL.is_dir():
        pytest.skip("the official XRechnung test suite is not beside the repository")
    return [read_official(path) for path in sorted(OFFICIAL.glob("*.xml"))]


def read_official(path: Path) -> InvoiceReceived:
    root = etree.parse(path).getroot()
    cii = "CrossIndustryInvoice" in root.tag
    header = _cii_header(root) if cii else _ubl_header(root)
    totals = {
        name: Decimal(_text(root, cii_name if cii else ubl_name) or "0").quantize(Decimal("0.01"))
        for name, cii_name, ubl_name in TOTALS
    }
    return InvoiceReceived(
        document_id=uuid4(),
        sha256="0" * 64,
        syntax="cii" if cii else "ubl",
        buyer_name="",
        taxes=_taxes(root, cii=cii),
        **header,
        **totals,
    )


TOTALS = (
    (
        "line_total",
        "//{*}SpecifiedTradeSettlementHeaderMonetarySummation/{*}LineTotalAmount",
        "//{*}LegalMonetaryTotal/{*}LineExtensionAmount",
    ),
    ("tax_exclusive", "//{*}TaxBasisTotalAmount", "//{*}LegalMonetaryTotal/{*}TaxExclusiveAmount"),
    ("tax_total", "//{*}TaxTotalAmount", "/{*}TaxTotal/{*}TaxAmount"),
    ("tax_inclusive", "//{*}GrandTotalAmount", "//{*}LegalMonetaryTotal/{*}TaxInclusiveAmount"),
    ("prepaid", "//{*}TotalPrepaidAmount", "//{*}LegalMonetaryTotal/{*}PrepaidAmount"),
    ("rounding", "//{*}RoundingAmount", "//{*}PayableRoundingAmount"),
    ("payable", "//{*}DuePayableAmount", "//{*}LegalMonetaryTotal/{*}PayableAmount"),
)


def _text(element: Any, path: str) -> str | None:
    found = element.find(f".{path}")
    return None if found is None or found.text is None else found.text.strip()


def _cii_header(root: Any) -> dict[str, Any]:
    issued = _text(root, "//{*}ExchangedDocument/{*}IssueDateTime/{*}DateTimeString") or ""
    seller = root.find(".//{*}SellerTradeParty")
    ids = {one.get("schemeID"): one.text for one in seller.iter("{*}ID")}
    return {
        "number": _text(root, "//{*}ExchangedDocument/{*}ID"),
        "type_code": _text(root, "//{*}ExchangedDocument/{*}TypeCode"),
        "issued_on": datetime.strptime(issued, "%Y%m%d").replace(tzinfo=UTC).date(),
        "currency": _text(root, "//{*}InvoiceCurrencyCode"),
        "seller_name": _text(seller, "/{*}Name"),
        "seller_vat_id": ids.get("VA"),
    }


def _ubl_header(root: Any) -> dict[str, Any]:
    seller = root.find(".//{*}AccountingSupplierParty/{*}Party")
    return {
        "number": _text(root, "/{*}ID"),
        "type_code": _text(root, "/{*}InvoiceTypeCode") or _text(root, "/{*}CreditNoteTypeCode"),
        "issued_on": _text(root, "/{*}IssueDate"),
        "currency": _text(root, "/{*}DocumentCurrencyCode"),
        "seller_name": _text(seller, "//{*}RegistrationName"),
        "seller_vat_id": _text(seller, "/{*}PartyTaxScheme/{*}CompanyID"),
    }


def _taxes(root: Any, *, cii: bool) -> tuple[InvoiceTax, ...]:
    if cii:
        groups = root.findall(".//{*}ApplicableHeaderTradeSettlement/{*}ApplicableTradeTax")
        names = ("CategoryCode", "RateApplicablePercent", "BasisAmount", "CalculatedAmount")
    else:
        groups = root.findall(".//{*}TaxSubtotal")
        names = (
            "TaxCategory/{*}ID",
            "TaxCategory/{*}Percent",
            "TaxableAmount",
            "TaxAmount",
        )
    found = []
    for group in groups:
        category, rate, base, tax = (_text(group, f"/{{*}}{name}") for name in names)
        found.append(InvoiceTax(category=category, rate=rate or "0", base=base, tax=tax))
    return tuple(found)


HEAD = """<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr>
<MsgId>1</MsgId><CreDtTm>2026-03-31T18:00:00Z</CreDtTm></GrpHdr><Stmt><Id>{identifier}</Id>
<CreDtTm>2026-03-31T18:00:00Z</CreDtTm>
<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">1000.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-30</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{closing}</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-31</Dt></Dt></Bal>"""

ENTRY = """<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{sign}</CdtDbtInd>
<Sts><Cd>{status}</Cd></Sts><BookgDt><Dt>{day}</Dt></BookgDt><ValDt><Dt>{day}</Dt></ValDt>
<NtryDtls><TxDtls><RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr>
<Cdtr><Pty><Nm>{name}</Nm></Pty></Cdtr></RltdPties><RmtInf><Ustrd>{purpose}</Ustrd></RmtInf>
{returned}</TxDtls></NtryDtls></Ntry>"""


def _movement(amount: str, purpose: str = "", **fields: str) -> str:
    """One Ntry; negative amounts are debits."""
    value = Decimal(amount)
    texts = {
        "amount": str(abs(value)),
        "sign": "CRDT" if value >= 0 else "DBIT",
        "status": "BOOK",
        "day": "2026-03-31",
        "name": "Muster GmbH",
        "returned": "",
        **fields,
    }
    return ENTRY.format(purpose=purpose, **texts)


def _camt053(*entries: str, closing: str = "1000.00", identifier: str = "S1") -> bytes:
    """A statement that opens with 1000.00."""
    head = HEAD.format(closing=closing, identifier=identifier)
    return f"{head}{''.join(entries)}</Stmt></BkToCstmrStmt></Document>".encode()


@pytest.fixture(scope="session")
def movement() -> Callable[..., str]:
    """`movement("-119.00", "RE-1", name=...)`: one movement of a bank statement."""
    return _movement


@pytest.fixture(scope="session")
def camt053() -> Callable[..., bytes]:
    """`camt053(movement(...), closing="881.00")`: a statement that opens with 1000.00."""
    return _camt053

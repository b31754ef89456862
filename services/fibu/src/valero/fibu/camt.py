"""Bank messages camt.052, camt.053 and camt.054 (ISO 20022, versions 02 to 08), read literally.

Amounts are signed as the account owner sees them: credit positive, debit negative. Nothing is
computed from anything else; `imbalance` tells whether a statement agrees with itself. The message
is read without its schema, because banks add elements; what accounting needs is checked here.
"""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Literal, cast
from zoneinfo import ZoneInfo

from lxml import etree

Kind = Literal["camt.052", "camt.053", "camt.054"]
SUPPORTED = re.compile(r"^urn:iso:std:iso:20022:tech:xsd:(camt\.05[234])\.001\.(\d\d)$")
ROOTS = {"BkToCstmrAcctRpt": "Rpt", "BkToCstmrStmt": "Stmt", "BkToCstmrDbtCdtNtfctn": "Ntfctn"}
SIGNS = {"CRDT": 1, "DBIT": -1}
BERLIN = ZoneInfo("Europe/Berlin")
MAX_BYTES = 50 * 1024 * 1024


class StatementUnreadable(ValueError):  # noqa: N818
    """The bytes are no bank message that can be read; says in German and English what to do."""

    def __init__(self, de: str, en: str) -> None:
        super().__init__(en)
        self.de = de
        self.en = en


@dataclass(frozen=True)
class Balance:
    """`code` after ISO 20022: OPBD opening booked, CLBD closing booked, ITBD interim, ..."""

    code: str
    amount: Decimal
    currency: str
    on: date


@dataclass(frozen=True)
class Party:
    """The other side: who paid us, or whom we paid."""

    name: str | None = None
    iban: str | None = None
    bic: str | None = None
    ultimate_name: str | None = None


@dataclass(frozen=True)
class Transaction:
    """One payment inside an entry. `amount` is None where the bank gives it for the entry only."""

    amount: Decimal | None
    currency: str | None
    end_to_end_id: str | None
    mandate_id: str | None
    message_id: str | None
    creditor_reference: str | None
    remittance: str
    counterparty: Party
    return_code: str | None = None


@dataclass(frozen=True)
class StatementLine:
    """One entry (Ntry). A reversal carries the sign it has on the account."""

    amount: Decimal
    currency: str
    status: str
    booked_on: date | None
    value_on: date | None
    bank_reference: str | None
    code: str | None
    reversal: bool
    text: str
    transactions: tuple[Transaction, ...]

    @property
    def is_booked(self) -> bool:
        """Whether the bank has booked it; pending and information entries are not ledger facts."""
        return self.status == "BOOK"


@dataclass(frozen=True)
class Statement:
    """One account's report, statement or notification."""

    kind: Kind
    version: str
    identifier: str
    created_at: datetime
    account: str
    account_name: str | None
    currency: str | None
    sequence: int | None
    page: int | None
    is_last_page: bool
    balances: tuple[Balance, ...]
    lines: tuple[StatementLine, ...]

    def balance(self, *codes: str) -> Balance | None:
        """The first balance with one of these codes."""
        return next((balance for balance in self.balances if balance.code in codes), None)


def load(data: bytes) -> tuple[Statement, ...]:
    """Every statement of a message.

    Raises StatementUnreadable for XML that is broken, too large, declares entities, is another
    message, or lacks what makes a statement (account, amounts, signs).
    """
    root = _parse(data)
    namespace = etree.QName(root).namespace or ""
    match = SUPPORTED.match(namespace)
    if match is None:
        raise StatementUnreadable(
            f"Das ist keine Kontoauszugsdatei camt.052, camt.053 oder camt.054: {namespace or '?'}",
            f"This is no camt.052, camt.053 or camt.054 message: {namespace or '?'}",
        )
    message = next((child for child in root if _name(child) in ROOTS), None)
    element = ROOTS[_name(message)] if message is not None else ""
    found = _all(message, element) if message is not None else []
    if not found:
        raise StatementUnreadable(
            "Die Datei enthält keinen Auszug. Bitte rufen Sie sie bei der Bank neu ab.",
            "The file contains no statement. Please fetch it from the bank again.",
        )
    kind = cast("Kind", match[1])
    return tuple(_statement(node, kind, match[2]) for node in found)


def imbalance(statement: Statement) -> Decimal | None:
    """Closing minus opening minus the booked lines; zero when the statement agrees with itself.

    None where that cannot be said: notifications, missing balances, or balances in different
    currencies.
    """
    opening = statement.balance("OPBD", "PRCD")
    closing = statement.balance("CLBD")
    if opening is None or closing is None or opening.currency != closing.currency:
        return None
    booked = [line for line in statement.lines if line.is_booked]
    if any(line.currency != opening.currency for line in booked):
        return None
    return closing.amount - opening.amount - sum((line.amount for line in booked), Decimal(0))


def fingerprint(statement: Statement, line: StatementLine, occurrence: int) -> str:
    """What makes a line the same when it is delivered twice: SHA-256 in hexadecimal.

    The bank's own reference where there is one, and in any case account, date, amount and
    purpose; `occurrence` counts equal lines within one account and day, so that two equal
    payments stay two.
    """
    parts = (
        statement.account,
        str(line.booked_on),
        str(line.value_on),
        f"{line.amount:f}",
        line.currency,
        line.bank_reference or "",
        line.transactions[0].end_to_end_id or "" if line.transactions else "",
        " ".join(transaction.remittance for transaction in line.transactions),
        str(occurrence),
    )
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def _parse(data: bytes) -> etree._Element:
    if len(data) > MAX_BYTES:
        raise StatementUnreadable(
            "Die Datei ist größer als 50 MB. Bitte rufen Sie einen kürzeren Zeitraum ab.",
            "The file is larger than 50 MB. Please fetch a shorter period.",
        )
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise StatementUnreadable(
            "Die Datei ist kein gültiges XML. Bitte rufen Sie sie bei der Bank neu ab.",
            f"The file is not valid XML: {error.msg}",
        ) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise StatementUnreadable(
            "Die Datei enthält eine Dokumenttyp-Deklaration und wird deshalb nicht gelesen.",
            "The file declares a document type and is refused for that reason.",
        )
    return root


def _statement(node: etree._Element, kind: Kind, version: str) -> Statement:
    account = _text(node, "Acct/Id/IBAN") or _text(node, "Acct/Id/Othr/Id")
    if account is None:
        raise StatementUnreadable(
            "Dem Auszug fehlt die Kontonummer (Acct/Id).",
            "The statement has no account number (Acct/Id).",
        )
    sequence = _text(node, "ElctrncSeqNb")
    page = _text(node, "StmtPgntn/PgNb") or _text(node, "RptPgntn/PgNb")
    last = _text(node, "StmtPgntn/LastPgInd") or _text(node, "RptPgntn/LastPgInd")
    return Statement(
        kind=kind,
        version=version,
        identifier=_text(node, "Id") or "",
        created_at=_instant(_text(node, "CreDtTm")),
        account=account.replace(" ", ""),
        account_name=_text(node, "Acct/Nm") or _text(node, "Acct/Ownr/Nm"),
        currency=_text(node, "Acct/Ccy"),
        sequence=int(sequence) if sequence and sequence.isdigit() else None,
        page=int(page) if page and page.isdigit() else None,
        is_last_page=last != "false",
        balances=tuple(_balance(balance) for balance in _all(node, "Bal")),
        lines=tuple(_line(entry) for entry in _all(node, "Ntry")),
    )


def _balance(node: etree._Element) -> Balance:
    amount, currency = _amount(node)
    on = _day(node, "Dt")
    if on is None:
        raise StatementUnreadable(
            "Einem Saldo fehlt das Datum (Bal/Dt).", "A balance has no date (Bal/Dt)."
        )
    code = _text(node, "Tp/CdOrPrtry/Cd") or _text(node, "Tp/CdOrPrtry/Prtry") or ""
    return Balance(code=code, amount=amount * _sign(node), currency=currency, on=on)


def _line(node: etree._Element) -> StatementLine:
    amount, currency = _amount(node)
    sign = _sign(node)
    details = [child for group in _all(node, "NtryDtls") for child in _all(group, "TxDtls")]
    return StatementLine(
        amount=amount * sign,
        currency=currency,
        status=_text(node, "Sts/Cd") or _text(node, "Sts") or "",
        booked_on=_day(node, "BookgDt"),
        value_on=_day(node, "ValDt"),
        bank_reference=_text(node, "AcctSvcrRef"),
        code=_code(node),
        reversal=_text(node, "RvslInd") in {"true", "1"},
        text=_text(node, "AddtlNtryInf") or "",
        transactions=tuple(_transaction(detail, sign) for detail in details),
    )


def _transaction(node: etree._Element, entry_sign: int) -> Transaction:
    amount, currency = _transaction_amount(node)
    sign = _sign(node) if _text(node, "CdtDbtInd") else entry_sign
    unstructured = [child.text.strip() for child in _all(node, "RmtInf/Ustrd") if child.text]
    additional = _text(node, "AddtlTxInf")
    return Transaction(
        amount=None if amount is None else amount * sign,
        currency=currency,
        end_to_end_id=_known(_text(node, "Refs/EndToEndId")),
        mandate_id=_known(_text(node, "Refs/MndtId")),
        message_id=_text(node, "Refs/MsgId"),
        creditor_reference=_text(node, "RmtInf/Strd/CdtrRefInf/Ref"),
        remittance=" ".join(unstructured) or additional or "",
        counterparty=_counterparty(node, sign),
        return_code=_text(node, "RtrInf/Rsn/Cd") or _text(node, "RtrInf/Rsn/Prtry"),
    )


def _transaction_amount(node: etree._Element) -> tuple[Decimal | None, str | None]:
    """The amount in the account's currency: Amt since version 04, AmtDtls/TxAmt before."""
    for parent in ("", "AmtDtls/TxAmt"):
        holder = _first(node, parent) if parent else node
        if holder is not None and _first(holder, "Amt") is not None:
            return _amount(holder)
    return None, None


def _counterparty(node: etree._Element, sign: int) -> Party:
    """With money coming in the debtor is the other side, with money going out the creditor."""
    side, agent = ("Dbtr", "DbtrAgt") if sign > 0 else ("Cdtr", "CdtrAgt")
    parties, agents = f"RltdPties/{side}", f"RltdAgts/{agent}/FinInstnId"
    iban = _text(node, f"RltdPties/{side}Acct/Id/IBAN")
    other = _text(node, f"RltdPties/{side}Acct/Id/Othr/Id")
    ultimate = f"RltdPties/Ultmt{side}"
    return Party(
        name=_text(node, f"{parties}/Nm") or _text(node, f"{parties}/Pty/Nm"),
        iban=iban or other,
        bic=_text(node, f"{agents}/BICFI") or _text(node, f"{agents}/BIC"),
        ultimate_name=_text(node, f"{ultimate}/Nm") or _text(node, f"{ultimate}/Pty/Nm"),
    )


def _code(node: etree._Element) -> str | None:
    """The bank transaction code: `PMNT/RCDT/ESCT`, or the German business code of `Prtry`."""
    domain = [_text(node, f"BkTxCd/Domn/{part}") for part in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")]
    if domain[0]:
        return "/".join(part or "" for part in domain)
    return _text(node, "BkTxCd/Prtry/Cd")


def _amount(node: etree._Element) -> tuple[Decimal, str]:
    element = _first(node, "Amt")
    currency = element.get("Ccy") if element is not None else None
    try:
        amount = Decimal((element.text or "").strip()) if element is not None else None
    except InvalidOperation:
        amount = None
    if amount is None or currency is None or not amount.is_finite() or amount < 0:
        raise StatementUnreadable(
            "Ein Betrag (Amt) fehlt oder ist keine Zahl mit Währung.",
            "An amount (Amt) is missing or is no number with a currency.",
        )
    return amount, currency


def _sign(node: etree._Element) -> int:
    indicator = _text(node, "CdtDbtInd") or ""
    if indicator not in SIGNS:
        raise StatementUnreadable(
            f"Soll oder Haben fehlt (CdtDbtInd „{indicator}“).",
            f"Debit or credit is missing (CdtDbtInd '{indicator}').",
        )
    return SIGNS[indicator]


def _known(reference: str | None) -> str | None:
    """Banks write NOTPROVIDED where the payer gave no reference."""
    return None if reference in {None, "NOTPROVIDED", "NONREF"} else reference


def _day(node: etree._Element, name: str) -> date | None:
    value = _text(node, f"{name}/Dt") or (_text(node, f"{name}/DtTm") or "")[:10]
    if not value:
        return None
    try:
        return date.fromisoformat(value[:10])
    except ValueError as error:
        raise StatementUnreadable(
            f"„{value}“ ist kein Datum ({name}).", f"'{value}' is no date ({name})."
        ) from error


def _instant(value: str | None) -> datetime:
    """The time of creation. Banks that leave out the zone mean German time."""
    try:
        instant = datetime.fromisoformat(value or "")
    except ValueError as error:
        raise StatementUnreadable(
            f"„{value}“ ist kein Zeitpunkt (CreDtTm).", f"'{value}' is no instant (CreDtTm)."
        ) from error
    return instant if instant.tzinfo else instant.replace(tzinfo=BERLIN)


def _name(node: etree._Element) -> str:
    return etree.QName(node).localname if isinstance(node.tag, str) else ""


def _children(node: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in node if _name(child) == name)


def _all(node: etree._Element, path: str) -> list[etree._Element]:
    """Elements at `path` by local names: namespaces differ from version to version."""
    found = [node]
    for step in path.split("/"):
        found = [child for parent in found for child in _children(parent, step)]
    return found


def _first(node: etree._Element, path: str) -> etree._Element | None:
    return next(iter(_all(node, path)), None)


def _text(node: etree._Element, path: str) -> str | None:
    element = _first(node, path)
    return (element.text or "").strip() or None if element is not None else None

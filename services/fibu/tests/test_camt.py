"""camt.052/.053/.054: read literally, against readings by another project's parser."""

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from valero.fibu import camt

DATA = Path(__file__).parents[4] / "shared" / "data" / "camt"
NEEDS_DATA = pytest.mark.skipif(not DATA.is_dir(), reason=f"{DATA.name}: shared data is not here")
READABLE = sorted(path for path in DATA.glob("*.xml") if "wrong" not in path.name)

STATEMENT = """<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr>
<MsgId>1</MsgId><CreDtTm>2026-03-31T18:00:00Z</CreDtTm></GrpHdr><Stmt><Id>S1</Id>
<ElctrncSeqNb>12</ElctrncSeqNb><CreDtTm>2026-03-31T18:00:00Z</CreDtTm>
<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id><Ccy>EUR</Ccy></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-30</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">{closing}</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-03-31</Dt></Dt></Bal>
<Ntry><Amt Ccy="EUR">19.00</Amt><CdtDbtInd>{sign}</CdtDbtInd><Sts><Cd>{status}</Cd></Sts>
<BookgDt><Dt>2026-03-31</Dt></BookgDt><ValDt><Dt>2026-04-01</Dt></ValDt>
<AcctSvcrRef>REF1</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs>
<RltdPties><Dbtr><Pty><Nm>Zahler GmbH</Nm></Pty></Dbtr><Cdtr><Pty><Nm>Wir AG</Nm></Pty></Cdtr>
</RltdPties><RmtInf><Ustrd>RE-1</Ustrd><Ustrd>vom 1.3.</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
</Stmt></BkToCstmrStmt></Document>"""


def statement(*, closing: str = "119.00", sign: str = "CRDT", status: str = "BOOK") -> bytes:
    return STATEMENT.format(closing=closing, sign=sign, status=status).encode()


def money(node: dict) -> Decimal:
    """The other parser keeps minor units; how many there are depends on the currency."""
    minor = {"JPY": 0}.get(node["getCurrency"]["getCode"], 2)
    return Decimal(node["getAmount"]).scaleb(-minor)


@NEEDS_DATA
@pytest.mark.parametrize("path", READABLE, ids=lambda path: path.stem)
def test_amounts_and_references_are_read_as_by_others(path: Path) -> None:
    ours = [line for statement in camt.load(path.read_bytes()) for line in statement.lines]
    theirs = json.loads(path.with_suffix(".json").read_text("utf8"))["getEntries"]
    ours = ours[-len(theirs) :]  # of several statements their dump keeps the last one
    compared = 0
    for line, entry in zip(ours, theirs, strict=True):
        if not isinstance(entry, dict):  # written once, then referred to
            continue
        compared += 1
        assert round(line.amount, 2) == money(entry["getAmount"])
        assert line.bank_reference == entry["getAccountServicerReference"]
        assert line.reversal == entry["getReversalIndicator"]
        assert line.status == entry["getStatus"]
        assert len(line.transactions) == len(entry["getTransactionDetails"])
    assert compared


@NEEDS_DATA
def test_every_version_in_the_collection_is_read() -> None:
    read = {(s.kind, s.version) for path in READABLE for s in camt.load(path.read_bytes())}
    assert {
        (kind, v) for kind in ("camt.052", "camt.053", "camt.054") for v in ("02", "08")
    } == read


@NEEDS_DATA
def test_a_message_without_a_statement_is_refused() -> None:
    with pytest.raises(camt.StatementUnreadable, match="no statement"):
        camt.load((DATA / "camt053.v2.wrong.xml").read_bytes())


def test_a_credit_is_positive_and_names_the_payer() -> None:
    (read,) = camt.load(statement())
    (line,) = read.lines
    assert line.amount == Decimal("19.00")
    assert (line.booked_on, line.value_on) == (date(2026, 3, 31), date(2026, 4, 1))
    (transaction,) = line.transactions
    assert transaction.counterparty.name == "Zahler GmbH"
    assert transaction.remittance == "RE-1 vom 1.3."
    assert transaction.end_to_end_id is None, "NOTPROVIDED is no reference"
    assert read.sequence == 12


def test_a_debit_is_negative_and_names_the_payee() -> None:
    (read,) = camt.load(statement(sign="DBIT", closing="81.00"))
    assert read.lines[0].amount == Decimal("-19.00")
    assert read.lines[0].transactions[0].counterparty.name == "Wir AG"
    assert camt.imbalance(read) == 0


def test_a_statement_that_does_not_add_up_says_by_how_much() -> None:
    (read,) = camt.load(statement(closing="119.01"))
    assert camt.imbalance(read) == Decimal("0.01")


def test_pending_entries_do_not_count_for_the_balance() -> None:
    (read,) = camt.load(statement(status="PDNG", closing="100.00"))
    assert camt.imbalance(read) == 0


def test_the_same_line_has_one_fingerprint_and_its_twin_another() -> None:
    (first,), (second,) = camt.load(statement()), camt.load(statement())
    assert camt.fingerprint(first, first.lines[0], 0) == camt.fingerprint(
        second, second.lines[0], 0
    )
    assert camt.fingerprint(first, first.lines[0], 0) != camt.fingerprint(first, first.lines[0], 1)


@pytest.mark.parametrize(
    ("attack", "said"),
    [
        (b"", "not valid XML"),
        (b"\xff\xfe\x00garbage", "not valid XML"),
        (b"<Document/>", "no camt"),
        (
            statement().replace(
                b"<Document", b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document'
            ),
            "document type",
        ),
        (statement().replace(b">19.00<", b">neunzehn<"), "no number"),
        (statement().replace(b">19.00<", b">NaN<"), "no number"),
        (statement().replace(b">19.00<", b">-19.00<"), "no number"),
        (statement(sign="SOLL"), "Debit or credit"),
        (statement().replace(b"<Dt>2026-03-31</Dt>", b"<Dt>31.03.2026</Dt>"), "no date"),
        (statement().replace(b"DE02120300000000202051", b""), "no account number"),
        (b"<a>" * 100_000, "not valid XML"),
        (b" " * (camt.MAX_BYTES + 1), "50 MB"),
    ],
)
def test_what_is_no_statement_is_refused_with_a_reason(attack: bytes, said: str) -> None:
    with pytest.raises(camt.StatementUnreadable, match=said) as refused:
        camt.load(attack)
    assert refused.value.de

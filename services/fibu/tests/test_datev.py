"""FI-8, FI-9: DATEV files that DATEV would accept, and that say what the journal says."""

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from valero.fibu import datev, datev_rows, skr, vat
from valero.fibu.drafts import Line
from valero.kit import money

D = Decimal
AUTOMATIC = {
    one.number: one.tax_code for one in skr.chart("skr03").accounts.values() if one.tax_code
}
BATCH = datev.Batch(
    created_at=datetime(2026, 4, 1, 12, 30, 59, 123456),  # noqa: DTZ001 - as the format has it
    consultant=29098,
    client=55003,
    fiscal_year_on=date(2026, 1, 1),
    first=date(2026, 3, 1),
    last=date(2026, 3, 31),
    label="Buchungen 03/2026",
    is_sealed=False,
)


def entry(*lines: tuple[str, str, str | None], **fields) -> datev_rows.Posted:
    values = {
        "posted_on": date(2026, 3, 2),
        "document_on": date(2026, 3, 2),
        "document_number": "RE-1",
        "text": "Büromaterial",
        "is_sealed": False,
        "is_reversal": False,
        **fields,
    }
    signed = tuple(Line(account, D(amount), "EUR", code) for account, amount, code in lines)
    return datev_rows.Posted(lines=signed, **values)


PURCHASE = (("4930", "100.00", "V19"), ("1576", "19.00", "V19"), ("1600", "-119.00", None))


def rows(*lines, **fields) -> list[datev.Row]:
    return datev_rows.rows(entry(*lines, **fields), AUTOMATIC)


def brief(found: list[datev.Row]) -> list[tuple[str, str, str, str, str]]:
    return [
        (str(row.amount), "S" if row.is_debit else "H", row.account, row.contra, row.key)
        for row in found
    ]


def check(data: bytes) -> list[str]:
    return datev.check(data, automatic=frozenset(AUTOMATIC))


def test_fi_8_the_header_has_its_31_fields() -> None:
    line = datev.dump(BATCH, []).decode("cp1252").split("\r\n")[0]
    fields = line.split(";")
    assert len(fields) == 31
    assert line.startswith('"EXTF";700;21;"Buchungsstapel";13;20260401123059123;;"VN";"";"";29098;')
    assert fields[11:16] == ["55003", "20260101", "4", "20260301", "20260331"]
    assert fields[18:22] == ["1", "0", "0", '"EUR"']
    assert fields[26] == '"03"'


def test_fi_9_there_are_125_columns() -> None:
    assert len(datev.COLUMNS) == 125
    assert len(set(datev.COLUMNS)) == 125
    assert datev.COLUMNS[113] == "Festschreibung"
    assert datev.COLUMNS[117] == "Generalumkehr (GU)"
    line = datev.dump(BATCH, rows(*PURCHASE)).decode("cp1252").split("\r\n")[2]
    assert line.startswith('119,00;"S";"EUR";;;"";4930;1600;"0009";0203;"RE-1";"";;"Büromaterial";')


def test_fi_9_amounts_are_gross_with_a_key() -> None:
    assert brief(rows(*PURCHASE)) == [("119.00", "S", "4930", "1600", "0009")]


def test_fi_9_an_automatic_account_takes_no_key() -> None:
    sale = (("1400", "119.00", None), ("8400", "-100.00", "U19"), ("1776", "-19.00", "U19"))
    assert brief(rows(*sale)) == [("119.00", "H", "8400", "1400", "")]


def test_fi_9_an_automatic_account_without_its_tax_gets_key_40() -> None:
    odd = (("1400", "100.00", None), ("8400", "-100.00", None))
    assert brief(rows(*odd)) == [("100.00", "H", "8400", "1400", "0040")]


def test_what_datev_would_compute_otherwise_is_posted_line_by_line() -> None:
    odd = (("4930", "100.00", "V19"), ("1576", "18.99", "V19"), ("1600", "-118.99", None))
    assert brief(rows(*odd)) == [
        ("100.00", "S", "4930", "1600", ""),
        ("18.99", "S", "1576", "1600", ""),
    ]


def test_a_reversal_is_a_generalumkehr_on_the_same_side() -> None:
    back = [(account, f"{-D(amount)}", code) for account, amount, code in PURCHASE]
    (row,) = rows(*back, is_reversal=True)
    assert brief([row]) == [("119.00", "S", "4930", "1600", "0009")]
    assert row.is_reversal
    assert datev_rows.balances([row], AUTOMATIC) == {
        "4930": D("-100.00"), "1576": D("-19.00"), "1600": D("119.00"),
    }  # fmt: skip


def test_texts_and_numbers_too_long_for_the_format_are_cut_and_kept_beside() -> None:
    number, text = "RE 2026/0815 " * 4, "Ł" + "x" * 80 + '\n;"'
    (row,) = rows(*PURCHASE, document_number=number, text=text, document_on=date(2026, 2, 27))
    assert row.number == "RE-2026/0815-RE-2026/0815-RE-2026/08"
    assert row.info == (("Belegnummer", number.strip()), ("Belegdatum", "27.02.2026"))
    assert (len(row.text), row.text[0]) == (60, "_")
    assert check(datev.dump(BATCH, [row])) == []


def test_characters_outside_of_the_code_page_are_never_replaced_silently() -> None:
    (row,) = rows(*PURCHASE)
    with pytest.raises(UnicodeEncodeError):
        datev.dump(BATCH, [replace(row, text="Łódź")])


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (b"\r\n", b"\n", "CR LF"),
        (b'"EXTF";700', b'"EXTF";510', "Feld 2"),
        (b";29098;", b";999;", "Feld 11"),
        (b"Kost-Menge", b"Menge", "125 Spalten"),
        (b"119,00", b"119.00", "Feld 1"),
        (b"119,00", b"-119,00", "Feld 1"),
        (b"119,00", b"0,00", "Feld 1"),
        (b'"0009"', b'"9"', "Feld 9"),
        (b'"0009"', b"0009", "Feld 9"),
        (b";0203;", b";0204;", "außerhalb"),
        (b";0203;", b";3102;", "außerhalb"),
        (b";4930;", b";8400;", "Automatikkonto"),
        (b";4930;", b";493000;", "Stellen"),
        (b";4930;", b";1600;", "gleich"),
        (b'"RE-1"', b'"RE 1"', "Feld 11"),
        (b'"RE-1"', b'"' + b"1" * 37 + b'"', "Feld 11"),
        (b"material", b"m" * 61, "Feld 14"),
        (b"material", b"mate\x02ial", "Steuerzeichen"),
        (b"material", b"\x81", "Codepage"),
        (b'"Belegdatum";"01', b'Belegdatum;"01', "Feld 21"),
        (b';"";;\r\n', b';"";\r\n', "124 statt 125"),
    ],
)
def test_fi_9_the_checker_finds_what_datev_refuses(old, new, said) -> None:
    good = datev.dump(BATCH, rows(*PURCHASE, document_on=date(2026, 3, 1)))
    assert check(good) == []
    assert old in good
    found = check(good.replace(old, new))
    assert any(said in finding for finding in found), found


CASES = st.sampled_from(
    [
        ("4930", "V19"), ("4930", "V7"), ("8400", "U19"), ("8300", "U7"), ("8200", "U19"),
        ("3425", "IGE19"), ("4930", "IGE19"), ("3123", "RCEU19"), ("4980", "RC19"),
        ("8125", "UIGL"), ("4930", None), ("8400", None), ("1200", None), ("4930", "VFREI"),
    ]
)  # fmt: skip
AMOUNTS = st.decimals("-99999.99", "99999.99", places=2)


@settings(max_examples=200, deadline=None)
@given(
    groups=st.lists(
        st.tuples(CASES, AMOUNTS, st.sampled_from([D(0), D(0), D("0.01")])), max_size=5
    ),
    is_reversal=st.booleans(),
)
def test_fi_9_reading_back_gives_the_same_balances(groups, is_reversal) -> None:
    lines: list[tuple[str, str, str | None]] = []
    for (account, code), base, off in groups:
        lines.append((account, f"{base}", code))
        if code is None:
            continue
        rule, tax = vat.codes()[code], vat.tax_on(base, vat.codes()[code]) + off
        if rule.kind is vat.Kind.INPUT:
            lines.append((rule.input_account, f"{tax}", code))
        elif rule.kind is vat.Kind.OUTPUT and rule.output_account:
            lines.append((rule.output_account, f"{tax}", code))
        elif rule.input_account and rule.output_account:
            lines += [(rule.input_account, f"{tax}", code), (rule.output_account, f"{-tax}", code)]
    total = sum((D(amount) for _a, amount, _c in lines), D("0.00"))
    lines.append(("1600", f"{-total}", None))
    found = rows(*lines, is_reversal=is_reversal)
    data = datev.dump(BATCH, found)
    assert check(data) == []
    assert datev.load(data) == found
    expected: dict[str, Decimal] = {}
    for account, amount, _code in lines:
        expected[account] = expected.get(account, D("0.00")) + money.cents(D(amount))
    wanted = {account: amount for account, amount in expected.items() if amount}
    assert datev_rows.balances(found, AUTOMATIC) == wanted

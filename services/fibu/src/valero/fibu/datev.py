"""DATEV format EXTF 700, category 21 Buchungsstapel, version 13: write, read and check. Pure.

FI-8 and FI-9. One header line of 31 fields, one line of 125 column names, then one line per
posting: semicolons, CR LF, code page 1252, text quoted, decimal comma. What does not fit the format
is an error of the writer and a finding of the checker, never silently another character.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

ENCODING = "cp1252"
NO_AUTOMATISM = "0040"
"""BU key that lifts the automatism of an account."""


def _column_names() -> tuple[str, ...]:
    info = [f"Beleginfo - {kind} {n}" for n in range(1, 9) for kind in ("Art", "Inhalt")]
    more = [f"Zusatzinformation - {kind} {n}" for n in range(1, 21) for kind in ("Art", "Inhalt")]
    first = (
        "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Kurs;Basis-Umsatz;"
        "WKZ Basis-Umsatz;Konto;Gegenkonto (ohne BU-Schlüssel);BU-Schlüssel;Belegdatum;"
        "Belegfeld 1;Belegfeld 2;Skonto;Buchungstext;Postensperre;Diverse Adressnummer;"
        "Geschäftspartnerbank;Sachverhalt;Zinssperre;Beleglink"
    )
    middle = (
        "KOST1 - Kostenstelle;KOST2 - Kostenstelle;Kost-Menge;EU-Land u. UStID (Bestimmung);"
        "EU-Steuersatz (Bestimmung);Abw. Versteuerungsart;Sachverhalt L+L;"
        "Funktionsergänzung L+L;BU 49 Hauptfunktionstyp;BU 49 Hauptfunktionsnummer;"
        "BU 49 Funktionsergänzung"
    )
    last = (
        "Stück;Gewicht;Zahlweise;Forderungsart;Veranlagungsjahr;Zugeordnete Fälligkeit;Skontotyp;"
        "Auftragsnummer;Buchungstyp;USt-Schlüssel (Anzahlungen);EU-Land (Anzahlungen);"
        "Sachverhalt L+L (Anzahlungen);EU-Steuersatz (Anzahlungen);Erlöskonto (Anzahlungen);"
        "Herkunft-Kz;Buchungs GUID;KOST-Datum;SEPA-Mandatsreferenz;Skontosperre;"
        "Gesellschaftername;Beteiligtennummer;Identifikationsnummer;Zeichnernummer;"
        "Postensperre bis;Bezeichnung SoBil-Sachverhalt;Kennzeichen SoBil-Buchung;Festschreibung;"
        "Leistungsdatum;Datum Zuord. Steuerperiode;Fälligkeit;Generalumkehr (GU);Steuersatz;Land;"
        "Abrechnungsreferenz;BVV-Position;EU-Land u. UStID (Ursprung);EU-Steuersatz (Ursprung);"
        "Abw. Skontokonto"
    )
    return (*first.split(";"), *info, *middle.split(";"), *more, *last.split(";"))


COLUMNS = _column_names()
TEXT_COLUMNS = frozenset(
    {2, 3, 6, 9, 11, 12, 14, 16, 20, 37, 38, 40, 42, 91, 95, 96, 98, 102, 103, 105}
    | {107, 109, 110, 112, 118, 120, 121, 123}
    | set(range(21, 37))
    | set(range(48, 88))
)
TEXT_HEADER = frozenset({1, 4, 8, 9, 10, 17, 18, 22, 24, 25, 26, 27, 30, 31})

HEADER_RULES: Mapping[int, str] = {
    1: r'"EXTF"',
    2: r"700",
    3: r"21",
    4: r'"Buchungsstapel"',
    5: r"13",
    6: r"20\d{15}",
    7: r"",
    8: r'"\w{0,2}"',
    9: r'"[^"]{0,25}"',
    11: r"(?!0)\d{4,7}",
    12: r"(?!0)\d{1,5}",
    13: r"20\d{6}",
    14: r"[4-8]",
    15: r"20\d{6}",
    16: r"20\d{6}",
    17: r'"[^"]{0,30}"',
    18: r'"[A-Z]{0,2}"',
    19: r"[12]",
    20: r"0|30|40|50|64",
    21: r"[01]",
    22: r'"[A-Z]{3}"',
    27: r'"0[34]"',
    31: r'"[^"]{0,16}"',
}
ROW_RULES: Mapping[int, str] = {
    1: r"(?!0{1,10},00)\d{1,10},\d{2}",
    2: r'"[SH]"',
    3: r'"([A-Z]{3})?"',
    7: r"(?!0{1,9}$)\d{1,9}",
    8: r"(?!0{1,9}$)\d{1,9}",
    9: r'"(\d{4})?"',
    10: r"(0[1-9]|[12]\d|3[01])(0[1-9]|1[0-2])",
    11: r'"[\w$&%*+\-/]{0,36}"',
    14: r'"([^"]|""){0,60}"',
    37: r'"[\w ]{0,36}"',
    114: r"[01]?",
    118: r'"[G1]?"',
}
INFO_RULES = (r'"([^"]|""){0,20}"', r'"([^"]|""){0,210}"')


@dataclass(frozen=True)
class Batch:
    """The header: who exports what to whom. `consultant` and `client` are DATEV's numbers."""

    created_at: datetime
    consultant: int
    client: int
    fiscal_year_on: date
    first: date
    last: date
    label: str
    is_sealed: bool
    chart: str = "03"
    account_length: int = 4


@dataclass(frozen=True)
class Row:
    """One posting. `amount` gross and positive; `is_debit` refers to `account`; `key` 4 digits.

    `is_reversal` is the Generalumkehr: the same sides, taken back. `info` are pairs of kind and
    content.
    """

    amount: Decimal
    is_debit: bool
    account: str
    contra: str
    key: str
    day: date
    number: str
    text: str
    cost_centre: str = ""
    is_sealed: bool = False
    is_reversal: bool = False
    info: tuple[tuple[str, str], ...] = ()


def dump(batch: Batch, rows: Sequence[Row]) -> bytes:
    """The file. Raises UnicodeEncodeError for characters that code page 1252 does not have."""
    lines = [_header(batch), ";".join(COLUMNS), *(_row(row) for row in rows)]
    return "".join(f"{line}\r\n" for line in lines).encode(ENCODING)


def load(data: bytes) -> list[Row]:
    """The rows of a file of ours, the year of their days from the header; check it first."""
    header, _names, *lines = list(_fields(data.decode(ENCODING)))
    year = int(header[14][:4])
    return [_parsed(line, year) for line in lines]


def check(data: bytes, *, automatic: frozenset[str] = frozenset()) -> list[str]:
    """What DATEV would refuse, one German sentence each. `automatic` are the Automatikkonten."""
    try:
        text = data.decode(ENCODING)
    except UnicodeDecodeError as error:
        return [f"Byte {error.start}: kein Zeichen der Codepage 1252."]
    if not text.endswith("\r\n") or re.search(r"(?<!\r)\n|\r(?!\n)", text):
        return ["Zeilen müssen mit CR LF enden, auch die letzte."]
    lines = text[:-2].split("\r\n")
    if len(lines) < 2:
        return ["Die Datei hat keine Spaltenüberschriften."]
    header, names = lines[:2]
    found = list(_check_fields("Zeile 1", header, HEADER_RULES, 31))
    if tuple(names.split(";")) != COLUMNS:
        found.append("Zeile 2: Das sind nicht die 125 Spalten des Buchungsstapels 13.")
    if found:
        return found
    fields = _split(header)
    for number, line in enumerate(lines[2:], 3):
        found += _check_row(f"Zeile {number}", line, fields, automatic)
    return found


def plain(text: str, longest: int) -> str:
    """Text as the format allows it: no control characters, no line ends, at most `longest`."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:longest].strip()


def document_number(number: str) -> str:
    """A document number as Belegfeld 1 allows it; what it does not allow becomes a hyphen."""
    return re.sub(r"[^\w$&%*+\-/]", "-", plain(number, 36), flags=re.ASCII)


def _header(batch: Batch) -> str:
    values = {
        1: "EXTF", 2: "700", 3: "21", 4: "Buchungsstapel", 5: "13",
        6: f"{batch.created_at:%Y%m%d%H%M%S}{batch.created_at.microsecond // 1000:03}",
        8: "VN", 11: f"{batch.consultant}", 12: f"{batch.client}",
        13: f"{batch.fiscal_year_on:%Y%m%d}", 14: f"{batch.account_length}",
        15: f"{batch.first:%Y%m%d}", 16: f"{batch.last:%Y%m%d}", 17: plain(batch.label, 30),
        19: "1", 20: "0", 21: f"{batch.is_sealed:d}", 22: "EUR", 27: batch.chart,
        31: "VALERO NeuroERP",
    }  # fmt: skip
    return ";".join(_written(values.get(n, ""), n in TEXT_HEADER) for n in range(1, 32))


def _row(row: Row) -> str:
    values = {
        1: f"{row.amount:.2f}".replace(".", ","), 2: "S" if row.is_debit else "H", 3: "EUR",
        7: row.account, 8: row.contra, 9: row.key, 10: f"{row.day:%d%m}", 11: row.number,
        14: row.text, 37: row.cost_centre, 114: f"{row.is_sealed:d}",
        118: "1" if row.is_reversal else "",
    }  # fmt: skip
    for position, (kind, content) in enumerate(row.info):
        values |= {21 + 2 * position: kind, 22 + 2 * position: content}
    return ";".join(_written(values.get(n, ""), n in TEXT_COLUMNS) for n in range(1, 126))


def _written(value: str, is_text: bool) -> str:
    return '"' + value.replace('"', '""') + '"' if is_text else value


def _fields(text: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text, newline=""), delimiter=";")


def _split(line: str) -> list[str]:
    return next(_fields(line), [])


def _parsed(fields: Sequence[str], year: int) -> Row:
    def at(number: int) -> str:
        return fields[number - 1]

    day = date(year, int(at(10)[2:]), int(at(10)[:2]))
    return Row(
        amount=Decimal(at(1).replace(",", ".")),
        is_debit=at(2) == "S",
        account=at(7),
        contra=at(8),
        key=at(9),
        day=day,
        number=at(11),
        text=at(14),
        cost_centre=at(37),
        is_sealed=at(114) == "1",
        is_reversal=at(118) in ("1", "G"),
        info=tuple((at(n), at(n + 1)) for n in range(21, 37, 2) if at(n)),
    )


def _check_fields(where: str, line: str, rules: Mapping[int, str], count: int) -> Iterator[str]:
    """Number of fields, quoting, and the pattern of each field that has one."""
    raw = re.findall(r'(?:^|;)("(?:[^"]|"")*"|[^;"]*)(?=;|$)', line)
    if len(raw) != count or ";".join(raw) != line:
        yield f"{where}: {len(raw)} statt {count} Felder oder falsche Anführungszeichen."
        return
    for number, pattern in rules.items():
        if not re.fullmatch(pattern, raw[number - 1], flags=re.ASCII):
            yield f"{where}, Feld {number}: {raw[number - 1] or 'leer'} ist nicht zulässig."
    if any(ord(character) < ord(" ") for character in line):
        yield f"{where}: enthält Steuerzeichen."


def _check_row(
    where: str, line: str, header: Sequence[str], automatic: frozenset[str]
) -> list[str]:
    rules = dict(ROW_RULES)
    rules |= {n: INFO_RULES[(n - 21) % 2] for n in range(21, 37)}
    found = list(_check_fields(where, line, rules, 125))
    if found:
        return found
    row = _parsed_or_none(_split(line), int(header[14][:4]))
    if row is None or not header[14] <= f"{row.day:%Y%m%d}" <= header[15]:
        return [f"{where}, Feld 10: Das Belegdatum liegt außerhalb des Zeitraums."]
    longest = int(header[13]) + 1
    if max(len(row.account), len(row.contra)) > longest:
        found.append(f"{where}: Ein Konto hat mehr als {longest} Stellen.")
    if {row.account, row.contra} & automatic and row.key not in ("", NO_AUTOMATISM):
        found.append(f"{where}, Feld 9: Ein Automatikkonto verträgt keinen Steuerschlüssel.")
    if row.account == row.contra:
        found.append(f"{where}: Konto und Gegenkonto sind gleich.")
    return found


def _parsed_or_none(fields: Sequence[str], year: int) -> Row | None:
    """None for a day such as 3002."""
    try:
        return _parsed(fields, year)
    except ValueError:
        return None

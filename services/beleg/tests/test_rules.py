"""Rules BE-5 and BE-6: what § 14 UStG and XRechnung ask for, one failing file per rule."""

from dataclasses import replace
from pathlib import Path

import pytest

from valero.beleg import content, xrechnung
from valero.beleg.broken_samples import CONTENT, PLAIN, XRECHNUNG, Failing, with_terms
from valero.beleg.findings import ErrorClass, Finding, Level, Verdict, judge, merge
from valero.beleg.invoice import Invoice, Syntax
from valero.beleg.reading import read
from valero.beleg.rulebook import Rule
from valero.beleg.sample import SELLER, Sample, dump

SUITE = Path(__file__).resolve().parents[4] / "shared" / "data" / "xrechnung"
FILES = sorted(SUITE.glob("*.xml")) if SUITE.is_dir() else []
RULES = [*xrechnung.RULES, *content.RULES]
CASES = XRECHNUNG | CONTENT


def findings_of(data: bytes) -> tuple[Finding, ...]:
    reading = read(data)
    assert reading.invoice is not None, reading.problem_de
    return reading.findings


def invoice_of(sample: Sample, syntax: Syntax = Syntax.CII) -> Invoice:
    found = read(dump(sample, syntax)).invoice
    assert found is not None
    return found


@pytest.mark.parametrize("syntax", Syntax)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_be_6_the_failing_file_of_a_rule_breaks_it(rule: Rule, syntax: Syntax) -> None:
    found = {one.rule: one for one in findings_of(CASES[rule.id].file(syntax))}
    assert rule.id in found
    assert found[rule.id].level is rule.level
    assert found[rule.id].field == rule.field


@pytest.mark.parametrize("syntax", Syntax)
def test_the_sample_all_failing_files_come_from_breaks_nothing(syntax: Syntax) -> None:
    assert findings_of(dump(PLAIN, syntax)) == ()


def test_every_failing_file_belongs_to_a_rule() -> None:
    assert set(CASES) == {rule.id for rule in RULES}
    assert len(RULES) == len(CASES)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_names_field_and_remedy_in_both_languages(rule: Rule) -> None:
    assert "Bitte" in rule.de or "bitte" in rule.de
    assert "Please" in rule.en
    assert rule.field in rule.de or "BT-" in rule.de
    assert rule.field in rule.en or "BT-" in rule.en


@pytest.mark.skipif(not FILES, reason="the official XRechnung suite is not beside the project")
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_an_official_document_has_no_fatal_finding(path: Path) -> None:
    assert judge(findings_of(path.read_bytes())) is Verdict.VALID


def test_a_plain_en_16931_invoice_need_not_follow_xrechnung() -> None:
    text = XRECHNUNG["BR-DE-2"].file(Syntax.CII)
    plain = text.replace(xrechnung.CIUS.encode(), b"urn:cen.eu:en16931:2017")
    private = plain.replace(b"04011000-12345-03", b"Abteilung 7")
    assert {one.rule for one in findings_of(private)} == set()
    assert {one.rule for one in findings_of(plain)} == {"BR-DE-21"}


@pytest.mark.parametrize(
    "text",
    [
        "#SKONTO#TAGE=14#PROZENT=2.00#\n",
        "#SKONTO#TAGE=7#PROZENT=3.00#\n#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=-10.00#\n",
        "Zahlbar sofort",
        "Bitte Nr. # angeben",
    ],
)
@pytest.mark.parametrize("syntax", Syntax)
def test_br_de_18_accepts_the_prescribed_form(text: str, syntax: Syntax) -> None:
    assert findings_of(with_terms(text).file(syntax)) == ()


@pytest.mark.parametrize(
    "text",
    [
        "#SKONTO#TAGE=14#PROZENT=2.00#",
        "#SKONTO#TAGE=14#PROZENT=2,00#\n",
        "#SKONTO#TAGE=14#PROZENT=2.000#\n",
        "#Skonto#TAGE=14#PROZENT=2.00#\n",
        "#SKONTO#TAGE=14#PROZENT=2.00#BASISBETRAG=10#\n",
        "#SKONTO#TAGE=14#PROZENT=2.00# danach\n",
        "#VERZUG#TAGE=14#PROZENT=2.00#\n",
    ],
)
@pytest.mark.parametrize("syntax", Syntax)
def test_br_de_18_refuses_everything_else(text: str, syntax: Syntax) -> None:
    assert {one.rule for one in findings_of(with_terms(text).file(syntax))} == {"BR-DE-18"}


@pytest.mark.parametrize(
    ("iban", "valid"),
    [
        ("DE75 5121 0800 1245 1261 99", True),
        ("de75512108001245126199", True),
        ("DE75512108001245126198", False),
        ("AT611904300234573201", True),
        ("DE", False),
        ("", False),
        (None, False),
        ("DE75-5121", False),
    ],
)
def test_an_iban_is_judged_by_its_check_digits(iban: str | None, valid: bool) -> None:
    assert xrechnung.is_iban(iban) is valid


def test_be_5_the_tax_number_is_as_good_as_the_vat_id() -> None:
    sample = replace(PLAIN, seller=replace(SELLER, vat_id=None, tax_number="66/123/45678"))
    assert content.find(invoice_of(sample)) == ()


def test_an_advance_invoice_needs_no_date_of_supply() -> None:
    text = CONTENT["UStG-14-4-6"].file(Syntax.CII).replace(b">380<", b">386<")
    assert "UStG-14-4-6" not in {one.rule for one in findings_of(text)}


def test_be_4_the_worst_class_is_the_verdict() -> None:
    def finding(error_class: ErrorClass, level: Level = Level.FATAL) -> Finding:
        return Finding(rule="X", field="BT-1", de="", en="", level=level, error_class=error_class)

    rule, told, form = (
        finding(one) for one in (ErrorClass.RULE, ErrorClass.CONTENT, ErrorClass.FORMAT)
    )
    assert judge(()) is Verdict.VALID
    assert judge((finding(ErrorClass.FORMAT, Level.WARNING),)) is Verdict.VALID
    assert judge((rule,)) is Verdict.RULE_ERRORS
    assert judge((rule, told)) is Verdict.CONTENT_ERRORS
    assert judge((rule, told, form)) is Verdict.FORMAT_ERRORS


def test_a_rule_speaks_once_and_fatal_findings_come_first() -> None:
    first = Finding(rule="BR-CO-15", field="BT-112", de="mit Beträgen", en="")
    official = replace(first, de="ohne Beträge")
    warning = Finding(rule="BR-DE-27", field="BT-42", de="", en="", level=Level.WARNING)
    assert merge((warning,), (first,), (official,)) == (first, warning)


def test_a_finding_survives_its_storage() -> None:
    finding = content.RULES[3].finding()
    assert Finding.load(finding.dump()) == finding


def test_an_unused_edit_is_noticed() -> None:
    with pytest.raises(AssertionError):
        Failing(cii=(("not there", ""),)).file(Syntax.CII)

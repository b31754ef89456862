"""`valero check`: a whole answer about one file, without a running stack."""

import json
from collections.abc import Iterator

import pytest

from valero.beleg import check as checking
from valero.beleg.broken_samples import XRECHNUNG
from valero.beleg.examining import Examiner
from valero.beleg.findings import Verdict
from valero.beleg.formats import Kind
from valero.beleg.invoice import Syntax
from valero.beleg.sample import Sample, dump


@pytest.fixture(scope="module")
def examiner() -> Iterator[Examiner]:
    with Examiner() as one:
        yield one


@pytest.mark.parametrize("syntax", Syntax)
def test_a_valid_invoice_is_reported_with_what_was_read(examiner: Examiner, syntax: Syntax) -> None:
    report = checking.check(dump(Sample(number="R7"), syntax), "r7.xml", examiner=examiner)
    assert (report.kind, report.verdict, report.findings) == (syntax.value, Verdict.VALID, ())
    assert report.exit_code == 0
    assert report.values["BT-1"] == "R7"
    assert report.values["BT-115"] == "119.00"
    assert report.values["BT-31"] == "DE123456789"
    assert report.values["BT-37"] == "Osnabrück"
    assert report.lines[0]["BT-153"].startswith("Weizenmehl")
    assert set(report.milliseconds) == {"read", "parse", "schema", "schematron"}


def test_both_syntaxes_give_the_same_values(examiner: Examiner) -> None:
    reports = [
        checking.check(dump(Sample(number="R7", note="Danke"), syntax), "r", examiner=examiner)
        for syntax in Syntax
    ]
    assert reports[0].values == reports[1].values
    assert reports[0].lines == reports[1].lines


def test_a_broken_rule_is_reported_with_everything_about_it(examiner: Examiner) -> None:
    data = XRECHNUNG["BR-DE-15"].file(Syntax.CII)
    report = checking.check(data, "r.xml", examiner=examiner)
    assert report.exit_code == 1
    told = json.loads(json.dumps(report.as_json()))
    assert told["verdict"] == "rule_errors"
    finding = told["findings"][0]
    assert finding["rule"] == "BR-DE-15"
    assert finding["field"] == "BT-10"
    assert finding["level"] == "fatal"
    assert finding["error_class"] == "rule"
    assert finding["de"].startswith("Die Käuferreferenz (Leitweg-ID) (BT-10) fehlt.")


def test_a_warning_leaves_the_invoice_valid(examiner: Examiner) -> None:
    data = XRECHNUNG["BR-DE-27"].file(Syntax.UBL)
    report = checking.check(data, "r.xml", examiner=examiner)
    assert (report.exit_code, report.verdict) == (0, Verdict.VALID)
    assert [one.rule for one in report.findings] == ["BR-DE-27"]


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"", "other"),
        (b"<a/>", "xml"),
        (b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><a>&x;</a>", "xml"),
        (b"\x89PNG\r\n\x1a\n", "image"),
        (b"PK\x03\x04", "other"),
    ],
)
def test_what_cannot_be_read_is_said(data: bytes, kind: str) -> None:
    report = checking.check(data, "x")
    assert (report.exit_code, report.kind, report.verdict) == (2, kind, None)
    assert report.problem is not None


def test_every_kind_of_file_has_a_checker() -> None:
    assert set(checking.CHECKERS) == set(Kind)

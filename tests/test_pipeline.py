"""The pipeline tells the truth about what ran."""

import json
import subprocess
import sys
from pathlib import Path

import ci_pipeline
import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def pipeline(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    """The pipeline as a module, writing into a folder of its own."""
    monkeypatch.setattr(ci_pipeline, "BUILD", tmp_path)
    monkeypatch.setattr(ci_pipeline, "REPORT", tmp_path / "ci-report.json")
    monkeypatch.setattr(ci_pipeline, "JUNIT", tmp_path / "junit.xml")
    monkeypatch.setattr(ci_pipeline, "JUNIT_AGAIN", tmp_path / "junit-again.xml")
    monkeypatch.setattr(ci_pipeline, "COVERAGE", tmp_path / "coverage.json")
    return ci_pipeline


def test_a_failing_step_fails_the_run(pipeline) -> None:
    report = pipeline.new_report()
    pipeline.command(report, "gut", [sys.executable, "-c", ""])
    assert report.passed
    pipeline.command(report, "schlecht", [sys.executable, "-c", "raise SystemExit(3)"])
    assert not report.passed
    assert [step.status for step in report.steps] == ["passed", "failed"]


def test_a_run_without_any_step_has_not_passed(pipeline) -> None:
    assert not pipeline.new_report().passed


def test_skipped_tests_are_named_with_their_reason(pipeline) -> None:
    pipeline.JUNIT.write_text(
        '<testsuites><testsuite><testcase classname="a" name="runs" time="1.5"/>'
        '<testcase classname="a" name="waits" time="0"><skipped message="no Chromium"/></testcase>'
        '<testcase classname="a" name="breaks" time="0"><failure/></testcase>'
        "</testsuite></testsuites>"
    )
    report = pipeline.new_report()
    report.steps.append(pipeline.Step("Tests", "failed", 1.5))
    pipeline.collect(report)
    assert report.tests == {"passed": 1, "failed": 1, "skipped": 1}
    assert report.skipped == [{"test": "a::waits", "why": "no Chromium"}]
    pipeline.write(report)
    page = pipeline.REPORT.with_suffix(".html").read_text("utf8")
    assert "no Chromium" in page
    assert "nicht bestanden" in page


PASSING_ALONE = """
from pathlib import Path

def test_needs_two_runs():
    marker = Path(__file__).with_suffix(".ran")
    ran, _ = marker.exists(), marker.touch()
    assert ran

def test_is_steady():
    assert True
"""


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (PASSING_ALONE, "unstable"),
        ("def test_is_wrong():\n    assert False\n", "failed"),
    ],
)
def test_what_fails_runs_again_alone_and_is_named(
    pipeline, monkeypatch, tmp_path: Path, content: str, status: str
) -> None:
    (tmp_path / "test_some.py").write_text(content)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    monkeypatch.setattr(pipeline, "ROOT", tmp_path)
    report = pipeline.new_report()
    pipeline.run_tests(report, sys.executable)
    pipeline.collect(report)
    assert report.steps[0].status == status
    assert report.passed == (status == "unstable")
    if status == "unstable":
        assert [found["test"] for found in report.unstable] == ["test_some::test_needs_two_runs"]
        assert report.tests == {"passed": 2, "failed": 0, "skipped": 0}
    else:
        assert report.tests["failed"] == 1


def test_report_only_repeats_the_verdict_of_the_last_run(pipeline, monkeypatch) -> None:
    monkeypatch.setattr(sys, "argv", ["ci_pipeline.py", "--report-only"])
    assert pipeline.main() == 1, "nothing ran yet, so nothing passed"
    report = pipeline.new_report()
    report.steps.append(pipeline.Step("Tests", "passed", 1.0))
    pipeline.write(report)
    assert pipeline.main() == 0
    assert json.loads(pipeline.REPORT.read_text("utf8"))["steps"][0]["name"] == "Tests"


def test_an_unknown_option_is_refused() -> None:
    command = [sys.executable, str(ROOT / "tools" / "ci_pipeline.py"), "--skip-everything"]
    assert subprocess.run(command, capture_output=True, check=False).returncode == 2

"""What doctor finds, and that it does not hide anything."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from valero.cli import doctor
from valero.cli.doctor import Patient
from valero.cli.findings import Finding, Grade
from valero.cli.home import Home
from valero.kit import catalogue

ROOT = Path(__file__).parents[3]


@pytest.fixture
def patient(tmp_path: Path) -> Patient:
    home = Home(tmp_path / "h")
    home.create()
    found = catalogue.load(ROOT / catalogue.FILE, offset=0)
    return Patient(home=home, root=ROOT, catalogue=found)


def only(findings) -> Finding:
    (finding,) = findings
    return finding


def test_packages_are_compared_with_the_lock(patient: Patient, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text(
        "psutil==0.0.1 \\\n    --hash=sha256:00\n"
        "no-such-package==1.0 \\\n    --hash=sha256:00\n"
        "only-elsewhere==1.0 ; sys_platform == 'win32' \\\n    --hash=sha256:00\n"
    )
    finding = only(doctor._packages(replace(patient, root=tmp_path)))
    assert finding.grade == Grade.FAILED
    assert "psutil" in finding.detail
    assert "no-such-package 1.0 fehlt" in finding.detail or "is missing" in finding.detail
    assert "only-elsewhere" not in finding.detail
    assert "bootstrap.py" in finding.remedy


def test_a_module_that_cannot_be_imported_is_named(patient, tmp_path: Path, monkeypatch) -> None:
    broken = tmp_path / "valero" / "broken"
    broken.mkdir(parents=True)
    (broken / "__init__.py").write_text("import no_such_module\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    findings = list(doctor._imports(patient))
    assert [finding.grade for finding in findings] == [Grade.FAILED]
    assert "valero.broken" in findings[0].detail
    assert "no_such_module" in findings[0].detail


def test_every_module_of_ours_can_be_imported(patient: Patient) -> None:
    finding = only(doctor._imports(patient))
    assert finding.grade == Grade.OK, finding.detail


def test_a_secret_that_others_can_read_is_found(patient: Patient) -> None:
    secret = patient.home.secrets / "x"
    secret.touch(mode=0o600)
    assert only(doctor._secrets(patient)).grade == Grade.OK
    secret.chmod(0o640)
    finding = only(doctor._secrets(patient))
    assert finding.grade == Grade.FAILED
    assert str(secret) in finding.detail
    assert finding.remedy.startswith("chmod")


def test_the_servers_from_the_wheels_start(patient: Patient) -> None:
    found = {finding.subject: finding for finding in doctor._programs(patient)}
    assert set(found) == {"PostgreSQL", "Redis", "Envoy", "supervisord"}
    assert {finding.grade for finding in found.values()} == {Grade.OK}
    assert found["Envoy"].detail.startswith("1.")
    assert found["PostgreSQL"].detail.startswith("18.")


def test_a_full_disk_fails(patient: Patient, monkeypatch) -> None:
    monkeypatch.setattr(doctor, "NEEDED_DISK", sys.maxsize)
    monkeypatch.setattr(doctor, "COMFORTABLE_DISK", sys.maxsize)
    findings = {finding.subject: finding for finding in doctor._machine(patient)}
    disk = findings.get("Plattenplatz") or findings["Disk"]
    assert disk.grade == Grade.FAILED
    assert disk.remedy

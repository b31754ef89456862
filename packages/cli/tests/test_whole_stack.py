"""The whole stack as people start it: ready, seen, scaled, verified, private."""

import json
import stat
import sys

import httpx
import psutil
import pytest

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

PROCESSES = {
    *("postgres", "redis", "envoy"),
    *("auth-1", "beleg-1", "fibu-1", "gateway-1", "observer-1"),
}


def status(whole):
    return {row["name"]: row for row in whole.json("status")["processes"]}


def test_every_process_runs_and_is_healthy(whole) -> None:
    rows = status(whole)
    assert set(rows) == PROCESSES
    assert {row["state"] for row in rows.values()} == {"RUNNING"}
    assert all(row["health"] in {"pass", "warn"} for row in rows.values()), rows


def test_the_whole_stack_stays_below_a_gigabyte(whole) -> None:
    assert 100 * 2**20 < whole.json("status")["memory_pss_bytes"] < 2**30


def test_the_gateway_reaches_every_service(whole) -> None:
    api = 8000 + whole.offset
    for name in ("auth", "beleg", "fibu", "observer", "gateway"):
        answer = httpx.get(f"http://127.0.0.1:{api}/ui/{name}/manifest.json", trust_env=False)
        assert answer.status_code < 500, (name, answer.text)


def test_a_second_up_says_what_already_runs(whole) -> None:
    before = whole.supervisord().pid
    second = whole.run("up")
    assert second.returncode == 0
    assert "läuft bereits" in second.stdout
    assert f"http://localhost:{3000 + whole.offset}" in second.stdout
    assert whole.supervisord().pid == before


def test_a_second_up_with_another_offset_is_refused(whole) -> None:
    second = whole.run("up", "--offset", str(whole.offset + 40))
    assert second.returncode == 1
    assert f"--offset {whole.offset}" in second.stderr


def test_the_first_sign_in_is_shown_until_the_password_was_changed(whole) -> None:
    first = json.loads((whole.home / "secrets" / "first-sign-in.json").read_text())
    shown = whole.run("up").stdout
    assert first["email"] in shown
    assert first["password"] in shown


def test_secrets_are_for_this_user_only(whole) -> None:
    secrets = whole.home / "secrets"
    for path in (whole.home, secrets, *secrets.rglob("*")):
        wanted = 0o700 if path.is_dir() else 0o600
        assert stat.S_IMODE(path.stat().st_mode) == wanted, path
    configuration = whole.home / "run" / "supervisord.conf"
    assert stat.S_IMODE(configuration.stat().st_mode) == 0o600
    socket = whole.home / "run" / "supervisor.sock"
    assert stat.S_IMODE(socket.stat().st_mode) == 0o700


def test_no_password_stands_in_a_command_line_or_an_environment(whole) -> None:
    drawn = [path.read_text() for path in (whole.home / "secrets" / "infrastructure").iterdir()]
    assert drawn
    for process in whole.processes():
        visible = " ".join([*process.cmdline(), *process.environ().values()])
        assert not [secret for secret in drawn if secret in visible], process.name()


def test_services_listen_on_the_loopback_address_only(whole) -> None:
    for process in whole.processes():
        if "valero.kit.serve" in process.cmdline():
            listening = [c for c in process.net_connections("inet") if c.status == "LISTEN"]
            assert {connection.laddr.ip for connection in listening} == {"127.0.0.1"}


def test_a_second_instance_takes_its_share_and_is_remembered(whole) -> None:
    scaled = whole.run("scale", "fibu=2")
    assert scaled.returncode == 0, scaled.stdout + scaled.stderr
    row = status(whole)["fibu-2"]
    assert row["ports"] == [8007 + 100 + whole.offset]
    routes = (whole.home / "envoy" / "xds" / "eds_fibu.json").read_text()
    assert str(8107 + whole.offset) in routes
    assert json.loads((whole.home / "scale.json").read_text()) == {"fibu": 2}
    asked = [requests_of(whole, 8107) for _ in range(2) if ask_gateway(whole, 40)]
    assert asked[1] > asked[0], "the gateway asks the second instance"
    assert whole.run("scale", "fibu=1").returncode == 0
    assert "fibu-2" not in status(whole)


def ask_gateway(whole, times: int) -> bool:
    with httpx.Client(base_url=f"http://127.0.0.1:{8000 + whole.offset}", trust_env=False) as http:
        for _ in range(times):
            http.get("/ui/fibu/manifest.json")
    return True


def requests_of(whole, port: int) -> float:
    """How many requests for the interface the instance on `port` has counted."""
    metrics = httpx.get(f"http://127.0.0.1:{port + whole.offset}/metrics", trust_env=False).text
    counts = [
        float(line.rpartition(" ")[2])
        for line in metrics.splitlines()
        if line.startswith("http_server_request_duration_seconds_count") and "/ui/" in line
    ]
    return sum(counts)


@pytest.mark.parametrize("wrong", ["fibu", "fibu=0", "fibu=zwei", "nichts=2", "fibu=10"])
def test_nonsense_is_not_scaled(whole, wrong: str) -> None:
    done = whole.run("scale", wrong)
    assert done.returncode == 2
    assert "valero scale fibu=2" in done.stderr or "scale --home" in done.stderr


def test_a_restarted_service_is_a_new_process_and_ready(whole) -> None:
    before = status(whole)["beleg-1"]["pid"]
    done = whole.run("restart", "beleg")
    assert done.returncode == 0, done.stdout + done.stderr
    after = status(whole)["beleg-1"]
    assert after["pid"] != before
    assert after["health"] in {"pass", "warn"}


def test_a_crashed_service_comes_back_by_itself(whole, eventually) -> None:
    before = status(whole)["beleg-1"]["pid"]
    psutil.Process(before).kill()
    eventually(lambda: status(whole)["beleg-1"]["pid"] not in (None, before), seconds=30)


def test_migrations_can_be_repeated(whole) -> None:
    done = whole.run("migrate", "--json")
    assert done.returncode == 0, done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert {event["service"] for event in events} == {"auth", "beleg", "fibu"}


def test_logs_are_readable_lines_and_also_json(whole) -> None:
    lines = whole.run("logs", "fibu", "-n", "50").stdout
    assert "Application startup complete" in lines
    assert '{"' not in lines
    documents = whole.run("logs", "fibu", "-n", "50", "--json").stdout.splitlines()
    assert {json.loads(line)["process"] for line in documents} >= {"fibu-1"}


def test_verify_passes_without_a_sign_in(whole) -> None:
    result = whole.json("verify")
    failed = [finding for finding in result["findings"] if finding["grade"] == "failed"]
    assert result["ok"], failed
    groups = list(dict.fromkeys(finding["group"] for finding in result["findings"]))
    assert groups == ["Systemzustand", "Datenbankverbindungen", "Schnittstellen", "Durchgängig"]


def test_verify_books_an_invoice_and_reverses_it(whole) -> None:
    first = json.loads((whole.home / "secrets" / "first-sign-in.json").read_text())
    new = "ein langer Satz fürs Prüfen"
    with httpx.Client(
        base_url=f"http://127.0.0.1:{8000 + whole.offset}", trust_env=False, timeout=20
    ) as http:
        login = http.post(
            "/api/auth/login", json={"email": first["email"], "password": first["password"]}
        )
        http.cookies.clear()
        http.headers["Authorization"] = f"Bearer {login.json()['access_token']}"
        changed = http.post("/api/auth/password", json={"current": first["password"], "new": new})
        assert changed.is_success, changed.text
    done = whole.run("verify", "--email", first["email"], "--json", VALERO_VERIFY_PASSWORD=new)
    result = json.loads(done.stdout)
    assert result["ok"], result["findings"][-3:]
    assert result["findings"][-1]["subject"] == "Stornieren"
    assert first["password"] not in whole.run("up").stdout


def test_doctor_finds_its_own_stack_on_the_ports(whole) -> None:
    findings = whole.json("doctor")["findings"]
    ports = [finding for finding in findings if finding["subject"].startswith("Port")]
    assert [finding["grade"] for finding in ports] == ["ok"]
    assert "von diesem VALERO" in ports[0]["detail"]
    assert sys.prefix in findings[0]["detail"]

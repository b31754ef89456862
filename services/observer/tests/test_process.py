"""The Observer as a process of its own: kill -9, a goodbye with open streams, keys from disk."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager

import httpx
import pytest

from valero.kit.testing.ports import free_port

TOKEN = "token-of-this-stack"
BEARER = {"Authorization": f"Bearer {TOKEN}"}
NONCE = "nonce-of-observer-1"


class ObserverProcess:
    """`python -m valero.kit.serve observer` in a home of its own."""

    def __init__(self, home):
        self.home, self.port = home, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("VALERO_")},
            "VALERO_SERVICE": "observer",
            "VALERO_INSTANCE": "observer-1",
            "VALERO_NONCE": NONCE,
            "VALERO_PORT": str(self.port),
            "VALERO_HOME": str(home),
            "VALERO_ENVIRONMENT": "test",
            "VALERO_OBSERVER_URL": self.url,
            "VALERO_OBSERVER_TOKEN": TOKEN,
            "VALERO_JWKS_URL": f"http://127.0.0.1:{free_port()}/jwks.json",
        }
        self.process = None

    def start(self):
        with (self.home / "log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "valero.kit.serve", "observer"],
                env=self._environment,
                stdout=log,
                stderr=log,
            )
        deadline = time.monotonic() + 30
        while True:
            try:
                httpx.get(f"{self.url}/health/live", timeout=1).raise_for_status()
                return
            except httpx.HTTPError:
                assert self.process.poll() is None, (self.home / "log").read_text()
                assert time.monotonic() < deadline
                time.sleep(0.05)

    def end(self, how, *, seconds):
        """Send `how` and wait; the exit code. Raises TimeoutExpired after `seconds`."""
        self.process.send_signal(how)
        return self.process.wait(seconds)

    def registry(self):
        return httpx.get(f"{self.url}/v1/registry", headers=BEARER, timeout=5).json()["services"]


@contextmanager
def running(home, keys):
    """An Observer with the keys of `auth` as an earlier one kept them; `auth` is not there."""
    (home / "observer").mkdir()
    (home / "observer" / "jwks.json").write_text(json.dumps(keys))
    made = ObserverProcess(home)
    try:
        made.start()
        yield made
    finally:
        made.process.kill()
        made.process.wait()


@pytest.fixture
def observer(tmp_path, token):
    """One for a test that ends it."""
    with running(tmp_path, token.jwks()) as made:
        yield made


@pytest.fixture(scope="module")
def lasting_observer(tmp_path_factory, token):
    """One for all tests that leave it running."""
    with running(tmp_path_factory.mktemp("observer"), token.jwks()) as made:
        yield made


@pytest.fixture(scope="module")
def signed_in(token):
    return {"Authorization": f"Bearer {token(['observer:read'])}"}


def fibu(port):
    return {
        "service": "fibu",
        "instance": "fibu-1",
        "nonce": "nonce-of-fibu-1",
        "url": f"http://127.0.0.1:{port}",
        "pid": os.getpid(),
        "version": "1.0.0",
    }


def register(observer, body):
    answer = httpx.post(f"{observer.url}/v1/register", json=body, headers=BEARER, timeout=5)
    answer.raise_for_status()
    return answer.json()


def states(observer, service):
    return [entry["state"] for entry in observer.registry().get(service, [])]


async def test_the_observer_watches_itself_like_anybody_else(lasting_observer, until):
    await until(lambda: states(lasting_observer, "observer") == ["up"])


def test_leases_survive_a_kill_as_suspect(observer):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        lease = register(observer, fibu(silent.getsockname()[1]))
        observer.end(signal.SIGKILL, seconds=5)
        with pytest.raises(httpx.ConnectError):
            observer.registry()
        observer.start()
        assert states(observer, "fibu") == ["suspect"]
        renewal = httpx.put(f"{observer.url}/v1/leases/{lease['lease_id']}", headers=BEARER)
        assert renewal.status_code == 204


def listener(observer, path, headers):
    """A raw connection that has received the beginning of the stream."""
    connection = socket.create_connection(("127.0.0.1", observer.port), 5)
    lines = [f"GET {path} HTTP/1.1", "Host: x", *(f"{k}: {v}" for k, v in headers.items())]
    connection.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
    received = b""
    while b"data: " not in received:
        received += connection.recv(65536)
    assert received.startswith(b"HTTP/1.1 200")
    return connection


def test_open_streams_do_not_hold_up_the_end(observer):
    listeners = [listener(observer, "/v1/registry/stream", BEARER) for _ in range(5)]
    began = time.monotonic()
    code = observer.end(signal.SIGTERM, seconds=10)
    assert time.monotonic() - began < 3
    assert code in {0, -signal.SIGTERM}
    for connection in listeners:
        connection.settimeout(2)
        while connection.recv(65536):
            pass  # ends: the stream was closed, not forgotten
        connection.close()


def test_people_are_recognised_while_auth_is_down(signed_in, lasting_observer):
    answer = httpx.get(
        f"{lasting_observer.url}/api/observer/services", headers=signed_in, timeout=5
    )
    assert answer.status_code == 200


def test_a_forged_token_is_refused_while_auth_is_down(signed_in, lasting_observer):
    from valero.kit.testing.tokens import TokenFactory

    forged = {"Authorization": f"Bearer {TokenFactory()(['observer:read'])}"}
    answer = httpx.get(f"{lasting_observer.url}/api/observer/services", headers=forged, timeout=5)
    assert answer.status_code == 401


async def test_a_listener_that_returns_gets_what_it_missed(signed_in, lasting_observer, until):
    first = await until(lambda: events(lasting_observer, signed_in))
    register(lasting_observer, fibu(free_port()))
    await until(lambda: len(events(lasting_observer, signed_in)) > len(first))
    headers = signed_in | {"Last-Event-ID": str(first[0]["id"])}
    with httpx.stream(
        "GET", f"{lasting_observer.url}/api/observer/stream", headers=headers, timeout=5
    ) as response:
        seen = list(read_stream(response, until_event="snapshot"))
    replayed = [json.loads(data) for name, data in seen if name == "event"]
    assert replayed[0]["id"] == first[0]["id"] + 1
    assert "registered" in {event["kind"] for event in replayed}
    assert json.loads(seen[-1][1])["services"]


def events(observer, headers):
    answer = httpx.get(f"{observer.url}/api/observer/events", headers=headers, timeout=5)
    return answer.json()["items"]


def read_stream(response, *, until_event):
    name = ""
    for line in response.iter_lines():
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        elif line.startswith("data: "):
            yield name, line.removeprefix("data: ")
            if name == until_event:
                return

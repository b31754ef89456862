"""Asks the running stack how it is: each service directly, and each service through the gateway."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import httpx

from valero.cli.programs import Stack

PROBE_SECONDS = 2.0
UNREACHED = frozenset({502, 503, 504})


@dataclass(frozen=True)
class Answer:
    """What a process says: `ready` as /health/ready has it, `status` pass, warn, fail or silent."""

    ready: bool
    status: str
    problem: str = ""


KNOWN = frozenset({"pass", "warn", "fail"})
SILENT = Answer(ready=False, status="silent")


def client() -> httpx.AsyncClient:
    """An HTTP client for the loopback address, deaf to proxies in the environment."""
    # plain HTTP: loading the certificates of the world would take 50 ms
    return httpx.AsyncClient(timeout=PROBE_SECONDS, trust_env=False, verify=False)  # noqa: S501


async def is_ready(http: httpx.AsyncClient, port: int) -> bool:
    """Whether the service on this port would take a request now."""
    try:
        answer = await http.get(f"http://127.0.0.1:{port}/health/ready")
    except httpx.HTTPError:
        return False
    return answer.status_code == httpx.codes.OK


async def is_routed(http: httpx.AsyncClient, edge_port: int, name: str) -> bool:
    """Whether the gateway reaches a service: asks for a public file, found or not."""
    try:
        answer = await http.get(f"http://127.0.0.1:{edge_port}/ui/{name}/manifest.json")
    except httpx.HTTPError:
        return False
    return answer.status_code not in UNREACHED


async def ask(http: httpx.AsyncClient, port: int) -> Answer:
    """The health of one service process, with the first check that is not well."""
    try:
        answer = await http.get(f"http://127.0.0.1:{port}/health")
        document = answer.json()
    except (httpx.HTTPError, ValueError):
        return SILENT
    status = str(document.get("status", ""))
    if status not in KNOWN:
        return SILENT
    return Answer(
        ready=answer.status_code == httpx.codes.OK,
        status=status,
        problem="" if status == "pass" else _first_problem(document.get("checks", {})),
    )


async def ask_all(http: httpx.AsyncClient, ports: Mapping[str, int]) -> dict[str, Answer]:
    """The health of several service processes by name, asked at the same time."""
    answers = await asyncio.gather(*(ask(http, port) for port in ports.values()))
    return dict(zip(ports, answers, strict=True))


async def accepts(port: int) -> bool:
    """Whether anything accepts connections on this port: all one can ask of a database here."""
    try:
        async with asyncio.timeout(PROBE_SECONDS):
            _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except (OSError, TimeoutError):
        return False
    writer.close()
    return True


async def missing_routes(http: httpx.AsyncClient, stack: Stack) -> list[str]:
    """The services which the gateway does not reach yet."""
    edge = stack.catalogue.edge["api"]
    names = [entry.name for entry in stack.services]
    found = await asyncio.gather(*(is_routed(http, edge, name) for name in names))
    return [name for name, routed in zip(names, found, strict=True) if not routed]


def _first_problem(checks: Mapping[str, Iterable[Mapping[str, object]]]) -> str:
    for name, results in checks.items():
        for result in results:
            if result.get("status") not in (None, "pass"):
                return f"{name}: {result.get('output') or result.get('observedValue', '')}"
    return ""

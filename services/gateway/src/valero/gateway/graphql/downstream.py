"""Reads from the services' REST interfaces on behalf of one caller, with the caller's own token."""

import json
import random
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any

import httpx
import structlog

from valero.gateway.edge import Topology
from valero.gateway.graphql.errors import Refusal
from valero.kit import tracing

log = structlog.get_logger(__name__)

Json = dict[str, Any]
Query = Mapping[str, str | int | Sequence[str] | None]

TIMEOUT_SECONDS = 10.0
# the services' streams send a sign of life every 15 s
SILENCE_SECONDS = 45.0


class Downstream:
    """The services as one caller may see them."""

    def __init__(
        self,
        http: httpx.AsyncClient,
        topology: Callable[[], Topology],
        *,
        token: str,
        language: str,
    ) -> None:
        self._http = http
        self._topology = topology
        self._language = language
        self._headers = {"authorization": f"Bearer {token}", "accept-language": language}

    @property
    def german(self) -> bool:
        """Whether the caller prefers German."""
        return self._language == "de"

    async def get(self, service: str, path: str, query: Query | None = None) -> Any:
        """The JSON at `/api/<service>/<path>`; parameters that are None are left out.

        Tries the instances one after the other until one can be reached. Raises Refusal.
        """
        wanted = {name: value for name, value in (query or {}).items() if value is not None}
        for url in self._instances(service):
            try:
                answer = await self._http.get(
                    f"{url}/api/{service}/{path}",
                    params=wanted,
                    headers=self._with_trace(),
                    timeout=TIMEOUT_SECONDS,
                )
            except httpx.HTTPError as error:
                log.warning("downstream_unreachable", service=service, error=repr(error))
                continue
            return self._content(service, answer)
        raise self._away(service)

    async def find(self, service: str, path: str, query: Query | None = None) -> Any | None:
        """As `get`, but None if there is no such thing."""
        try:
            return await self.get(service, path, query)
        except Refusal as refusal:
            if refusal.extensions["status"] == httpx.codes.NOT_FOUND:
                return None
            raise

    async def events(self, service: str) -> AsyncIterator[tuple[str, Json]]:
        """Name and content of each live event of `service` until its stream ends. Raises Refusal.

        Unlike a read it is not tried again: the caller subscribes anew.
        """
        timeout = httpx.Timeout(TIMEOUT_SECONDS, read=SILENCE_SECONDS)
        headers = {**self._with_trace(), "accept": "text/event-stream"}
        for url in self._instances(service)[:1]:
            address = f"{url}/api/{service}/stream"
            try:
                async with self._http.stream(
                    "GET", address, headers=headers, timeout=timeout
                ) as answer:
                    if not answer.is_success:
                        await answer.aread()
                        self._content(service, answer)
                    async for event in _events(answer.aiter_lines()):
                        yield event
            except httpx.HTTPError as error:
                log.warning("downstream_stream_lost", service=service, error=repr(error))
                raise self._away(service) from error
            return
        raise self._away(service)

    def _instances(self, service: str) -> list[str]:
        endpoints = list(self._topology().get(service, ()))
        random.shuffle(endpoints)
        return [endpoint.url for endpoint in endpoints]

    def _with_trace(self) -> dict[str, str]:
        trace = tracing.traceparent()
        return {**self._headers, tracing.HEADER: trace} if trace else self._headers

    def _content(self, service: str, answer: httpx.Response) -> Any:
        if answer.is_success:
            return answer.json()
        try:
            problem = answer.json()
            code, title = str(problem["code"]), str(problem["title"])
        except (ValueError, KeyError, TypeError):
            problem, code, title = {}, "", ""
        if not code or answer.is_server_error:
            log.warning("downstream_failed", service=service, status=answer.status_code)
            raise self._away(service)
        raise Refusal(code, str(problem.get("detail") or title), answer.status_code)

    def _away(self, service: str) -> Refusal:
        german = f"Der Dienst „{service}“ ist gerade nicht erreichbar."
        english = f"The service '{service}' cannot be reached right now."
        return Refusal("ServiceUnavailable", german if self.german else english, 503)


async def _events(lines: AsyncIterator[str]) -> AsyncIterator[tuple[str, Json]]:
    """Server-sent events, see the HTML standard, section 9.2.6."""
    name, data = "message", ""
    async for line in lines:
        field, _, value = line.partition(":")
        if field == "event":
            name = value.strip()
        elif field == "data":
            data += value.removeprefix(" ")
        elif not line:
            if data:
                yield name, json.loads(data)
            name, data = "message", ""

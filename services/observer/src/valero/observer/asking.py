"""Which probe fits which target, within its deadline."""

from pathlib import Path

import httpx

from valero.observer import probes
from valero.observer.answers import Reading
from valero.observer.machine import Machine
from valero.observer.roster import Role, Target, is_running

ENVOY_ADMIN = Path("envoy") / "admin.sock"


class Asking:
    """Asks targets; holds the HTTP client and knows where this stack keeps its sockets."""

    def __init__(self, http: httpx.AsyncClient, home: Path, machine: Machine) -> None:
        self._http = http
        self._admin = probes.socket_client(home / ENVOY_ADMIN)
        self.machine = machine

    async def close(self) -> None:
        """Give up the connections."""
        await self._admin.aclose()
        await self._http.aclose()

    async def ask(self, target: Target, seconds: float) -> Reading:
        """One probe of `target`; never raises for the target's sake."""
        return await probes.within(seconds, self._probe(target), lag=self.machine.lag_since)

    def _probe(self, target: Target) -> probes.Probe:
        url, port = target.url, target.port
        if target.role is Role.SERVICE and url is not None:
            return lambda: probes.service(self._http, url, target.expected)
        if target.service == "postgres" and port:
            return lambda: probes.postgres(port)
        if target.service == "redis" and port:
            return lambda: probes.redis(port)
        if target.service == "envoy" and port:
            return lambda: probes.envoy(port, self._admin)
        return lambda: probes.process_only(running=is_running(target))

"""What runs: every process of the stack with its command, environment and manner of stopping."""

import os
import secrets
import shlex
import sys
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from valero.cli import parent_death
from valero.cli.failure import Failure
from valero.cli.home import Home
from valero.cli.language import text
from valero.kit.catalogue import Catalogue, Entry

INFRASTRUCTURE_PRIORITY, EDGE_PRIORITY, SERVICE_PRIORITY = 10, 50, 90
MOST_INSTANCES = 9
PYTHON = (sys.executable, "-P", "-m")
"""Runs a module, without the working folder among the places modules are found in."""

PASSED_ON = frozenset(
    {
        "VALERO_BROKER_URL",
        "VALERO_ENVIRONMENT",
        "VALERO_INFLUX_URL",
        "VALERO_LLM_URL",
        "VALERO_LOG_LEVEL",
        "VALERO_SEARCH_URL",
        "VALERO_SMTP_URL",
    }
)
"""Variables of the person who starts the stack that reach its processes; other VALERO_* do not."""


@dataclass(frozen=True)
class Program:
    """One supervised process. `death_signal` is sent to it when supervisord itself is killed."""

    name: str
    command: Sequence[str]
    ports: Mapping[str, int]
    environment: Mapping[str, str] = field(default_factory=dict)
    service: str | None = None
    user: str | None = None
    stop_signal: str = "TERM"
    stop_seconds: int = 3
    death_signal: str = "KILL"
    priority: int = SERVICE_PRIORITY
    autostart: bool = False

    @property
    def guarded_command(self) -> list[str]:
        """The command behind the parent-death shim."""
        dropped = ["--user", self.user] if self.user else []
        shim = [sys.executable, "-I", "-S", parent_death.__file__]
        return [*shim, self.death_signal, *dropped, "--", *self.command]


@dataclass(frozen=True)
class Stack:
    """What is to run in one home: services, instances of each, and a nonce per process slot."""

    home: Home
    root: Path
    offset: int
    catalogue: Catalogue
    services: tuple[Entry, ...]
    scale: Mapping[str, int] = field(default_factory=dict)
    nonces: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_edge(self) -> bool:
        """Whether Envoy is part of it: it is where its control service is."""
        return any(entry.name == "gateway" for entry in self.services)

    @property
    def infrastructure(self) -> frozenset[str]:
        """`postgres` and `redis`, as far as a service of this stack needs them."""
        wanted = {name for entry in self.services for name in entry.depends_on}
        return frozenset(wanted & set(self.catalogue.infrastructure))

    def instances(self) -> list[tuple[str, Entry, int]]:
        """(process name, service, number from 1) of every service process."""
        return [
            (f"{entry.name}-{number}", entry, number)
            for entry in self.services
            for number in range(1, self.scale.get(entry.name, 1) + 1)
        ]


def choose(catalogue: Catalogue, only: Collection[str]) -> tuple[Entry, ...]:
    """The services named in `only` and everything they depend on; all of them for an empty `only`.

    Raises Failure for a name that is no service.
    """
    unknown = sorted(set(only) - set(catalogue.services))
    if unknown:
        raise Failure(
            "unknown_service",
            text(
                f"Diesen Dienst gibt es nicht: {', '.join(unknown)}",
                f"No such service: {', '.join(unknown)}",
            ),
            text("Es gibt: ", "There are: ") + ", ".join(catalogue.services),
        )
    ordered = catalogue.in_start_order()
    wanted = set(only) or set(catalogue.services)
    for entry in reversed(ordered):
        if entry.name in wanted:
            wanted |= set(entry.depends_on)
    return tuple(entry for entry in ordered if entry.name in wanted)


def new_nonces(names: Collection[str], known: Mapping[str, str]) -> dict[str, str]:
    """A random nonce for each process slot, keeping those already given."""
    return {name: known.get(name) or secrets.token_hex(8) for name in names}


def service_programs(stack: Stack) -> list[Program]:
    """One program per instance of each service."""
    return [_service(stack, *instance) for instance in stack.instances()]


def envoy(stack: Stack) -> Program:
    """The gateway's data plane. Its command renders Envoy's files and becomes Envoy."""
    edge = stack.catalogue.edge
    return Program(
        name="envoy",
        command=(*PYTHON, "valero.gateway.proxy"),
        ports={f"edge {name}": port for name, port in edge.items()},
        environment=_environment(stack, "gateway", "envoy", port=edge["api"]),
        death_signal="TERM",
        priority=EDGE_PRIORITY,
        autostart=True,
    )


def clean_environment() -> dict[str, str]:
    """The environment that supervisord hands down: this shell's, without stray settings of ours."""
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("VALERO_", "SUPERVISOR_")) or name in PASSED_ON
    }


def _service(stack: Stack, name: str, entry: Entry, number: int) -> Program:
    port = entry.port_of(number)
    return Program(
        name=name,
        service=entry.name,
        command=(*PYTHON, "valero.kit.serve", entry.name),
        ports={name: port},
        environment={
            **_environment(stack, entry.name, name, port=port),
            "VALERO_NONCE": stack.nonces[name],
        },
    )


def _environment(stack: Stack, service: str, instance: str, *, port: int) -> dict[str, str]:
    catalogue = stack.catalogue
    hosts = ("localhost", "127.0.0.1")
    origins = [f"http://{host}:{edge}" for edge in catalogue.edge.values() for host in hosts]
    own = os.environ.get("VALERO_GATEWAY_ORIGINS", "")
    environment = {
        "VALERO_SERVICE": service,
        "VALERO_INSTANCE": instance,
        "VALERO_HOST": "127.0.0.1",
        "VALERO_PORT": str(port),
        "VALERO_HOME": str(stack.home.path),
        "VALERO_ROOT": str(stack.root),
        "VALERO_OFFSET": str(stack.offset),
        "VALERO_GATEWAY_ORIGINS": ",".join([*origins, *filter(None, [own])]),
        "VALERO_UI_DIR": str(stack.root / "dist"),
        "VALERO_SECRETS_DIR": str(stack.home.secrets / service),
        "PYTHONUNBUFFERED": "1",
    }
    if observer := catalogue.services.get("observer"):
        environment["VALERO_OBSERVER_URL"] = f"http://127.0.0.1:{observer.port}"
    if auth := catalogue.services.get("auth"):
        environment["VALERO_JWKS_URL"] = f"http://127.0.0.1:{auth.port}/api/auth/jwks.json"
    return environment


def shell_line(program: Program) -> str:
    """The guarded command as one line for a configuration file."""
    return shlex.join(program.guarded_command)

"""Where requests go: the Observer's registry, or services.toml as long as no registry was seen."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import structlog
from pydantic import BaseModel, ConfigDict

from valero.gateway.edge import Endpoint, EndpointInvalid, Topology
from valero.kit.catalogue import Catalogue

log = structlog.get_logger(__name__)

# `down`, `impostor` and `maintenance` receive nothing.
ROUTABLE = frozenset({"starting", "up", "suspect"})


class Instance(BaseModel):
    """One instance in the registry."""

    model_config = ConfigDict(frozen=True)

    instance: str
    url: str
    state: str


class Snapshot(BaseModel):
    """The whole registry at one moment; `epoch` changes when the Observer lost its memory."""

    model_config = ConfigDict(frozen=True, coerce_numbers_to_str=True)

    epoch: str
    version: int
    services: Mapping[str, tuple[Instance, ...]]


@dataclass(frozen=True)
class Routing:
    """Which instances receive requests. Without an epoch it comes from services.toml alone.

    `named` are the services that the registry of this epoch has mentioned: for them an empty list
    means that none may receive requests, for all others it means that we do not know yet.
    """

    epoch: str | None
    topology: Topology
    named: frozenset[str] = field(default_factory=frozenset)


def from_catalogue(catalogue: Catalogue) -> Routing:
    """Every service at the port that services.toml gives its first instance."""
    topology = {name: (_first_instance(catalogue, name),) for name in catalogue.services}
    return Routing(epoch=None, topology=topology)


def from_snapshot(
    snapshot: Snapshot, *, previous: Routing, catalogue: Catalogue, settling: bool = False
) -> Routing:
    """The routing that `snapshot` asks for; services that services.toml does not name are ignored.

    `settling` is the time after a new epoch in which instances have not yet registered again:
    those of `previous` that the snapshot does not mention at all are kept, because Envoy's health
    checks tell the living from the dead, and an empty registry would stop everything.
    """
    named = frozenset(snapshot.services) & frozenset(catalogue.services)
    if snapshot.epoch == previous.epoch:
        named |= previous.named
    topology: dict[str, tuple[Endpoint, ...]] = {}
    for name in catalogue.services:
        instances = snapshot.services.get(name, ())
        routable = _endpoints(name, [i for i in instances if i.state in ROUTABLE])
        if settling:
            mentioned = _endpoints(name, instances)
            routable |= set(previous.topology.get(name, ())) - mentioned
        elif name not in named:
            routable = {_first_instance(catalogue, name)}
        topology[name] = tuple(sorted(routable))
    return Routing(epoch=snapshot.epoch, topology=topology, named=named)


def dump(routing: Routing) -> str:
    """`routing` as JSON, so that a restarted gateway starts with what it knew."""
    services = {
        name: [endpoint.url for endpoint in endpoints]
        for name, endpoints in routing.topology.items()
    }
    document = {"epoch": routing.epoch, "named": sorted(routing.named), "services": services}
    return json.dumps(document, indent=1)


def load(text: str) -> Routing:
    """The inverse of `dump`. Raises ValueError, KeyError or TypeError for anything else."""
    document: dict[str, Any] = json.loads(text)
    topology = {
        name: tuple(Endpoint.parse(url) for url in urls)
        for name, urls in document["services"].items()
    }
    return Routing(epoch=document["epoch"], topology=topology, named=frozenset(document["named"]))


def _first_instance(catalogue: Catalogue, name: str) -> Endpoint:
    return Endpoint("127.0.0.1", catalogue.services[name].port)


def _endpoints(name: str, instances: tuple[Instance, ...] | list[Instance]) -> set[Endpoint]:
    found = set()
    for instance in instances:
        try:
            found.add(Endpoint.parse(instance.url))
        except EndpointInvalid:
            log.warning("endpoint_ignored", service=name, instance=instance.instance)
    return found

"""Envoy's watched files, written so that Envoy never sees half of one, and the routing behind them.

Two processes write here: the control service when the registry changes, and the proxy before it
becomes Envoy. A lock makes them take turns.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

import structlog

from valero.gateway import clusters, routes, routing, tls
from valero.gateway.edge import Edge, Json, typed
from valero.gateway.routing import Routing
from valero.kit.catalogue import Catalogue

log = structlog.get_logger(__name__)

STATE = "routing.json"
LOCK = "lock"
OWNER_ONLY = 0o700


def prepare(edge: Edge) -> None:
    """Create the folders; only their owner may look into them."""
    for folder in (edge.folder, edge.discovery, edge.access_log.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY)


@contextmanager
def turn(edge: Edge) -> Iterator[None]:
    """Hold the lock on the folder; the other writer waits for the few milliseconds it takes."""
    with (edge.folder / LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def remembered(edge: Edge, catalogue: Catalogue) -> Routing:
    """The routing that was written last, or the catalogue's if there is none or it is foreign.

    It is foreign when services.toml or the port offset has changed since.
    """
    static = routing.from_catalogue(catalogue)
    try:
        document = json.loads((edge.folder / STATE).read_text(encoding="utf-8"))
        known = routing.load(document["routing"])
    except (OSError, ValueError, KeyError, TypeError):
        return static
    return known if document["catalogue"] == _fingerprint(static) else static


def publish(edge: Edge, catalogue: Catalogue, known: Routing) -> tuple[str, ...]:
    """Write what changed and return the names of the written files. Call it within `turn`."""
    resources: dict[str, list[Json]] = {}
    for name in catalogue.services:
        assignment = clusters.assignment(name, known.topology.get(name, ()))
        message = typed("config.endpoint.v3.ClusterLoadAssignment", **assignment)
        resources[f"eds_{name}"] = [message]
    resources["cds"] = [clusters.cluster(edge, name) for name in catalogue.services]
    resources["sds"] = tls.secrets(edge)
    resources["rds"] = [routes.configuration(catalogue.services, edge.limits)]

    state = {
        "catalogue": _fingerprint(routing.from_catalogue(catalogue)),
        "routing": routing.dump(known),
    }
    _replace(edge, edge.folder / STATE, json.dumps(state))
    return tuple(name for name, content in resources.items() if _put(edge, name, content))


def _fingerprint(static: Routing) -> str:
    return sha256(routing.dump(static).encode()).hexdigest()


def _put(edge: Edge, name: str, resources: list[Json]) -> bool:
    """Write one file unless it holds the same resources already."""
    content = json.dumps(resources, sort_keys=True)
    version = sha256(content.encode()).hexdigest()[:16]
    path = edge.discovery / f"{name}.json"
    text = f'{{"version_info": "{version}", "resources": {content}}}'
    if path.is_file() and path.read_text(encoding="utf-8") == text:
        return False
    _replace(edge, path, text)
    return True


def _replace(edge: Edge, path: Path, text: str) -> None:
    """The temporary file stands outside of the watched folder: Envoy reacts to every move in it."""
    draft = edge.folder / f".{path.name}.draft"
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, path)  # noqa: PTH105 - the name says what matters: it is atomic

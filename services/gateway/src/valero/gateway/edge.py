"""What Envoy is told: addresses, limits, folders, and who answers for which service.

Pure data; `clusters`, `routes`, `filters` and `listener` turn it into Envoy's API v3.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]

CONTROL = "gateway"
LOOPBACK = "127.0.0.1"
CERTIFICATE_FILE, KEY_FILE = "cert.pem", "key.pem"
TYPES = "type.googleapis.com/envoy."


class EndpointInvalid(ValueError):  # noqa: N818
    """Not an `http://<ip address>:<port>` address."""


@dataclass(frozen=True, order=True)
class Endpoint:
    """Where one instance of a service listens. Envoy's endpoint discovery takes no host names."""

    host: str
    port: int

    @property
    def url(self) -> str:
        """The address for an HTTP client."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{host}:{self.port}"

    @classmethod
    def parse(cls, url: str) -> "Endpoint":
        """The endpoint of `url`; `localhost` counts as 127.0.0.1. Raises EndpointInvalid."""
        parts = urlsplit(url)
        name = LOOPBACK if parts.hostname == "localhost" else parts.hostname or ""
        try:
            port, host = parts.port, ip_address(name)
        except ValueError as error:
            raise EndpointInvalid(url) from error
        if parts.scheme != "http" or port is None:
            raise EndpointInvalid(url)
        return cls(str(host), port)


Topology = Mapping[str, tuple[Endpoint, ...]]
"""Service name to the instances that may receive requests; an empty tuple means none may."""


@dataclass(frozen=True)
class Limits:
    """Ceilings per Envoy process. A bucket holds one window's worth and is refilled at its end."""

    user_requests: int = 1000
    address_requests: int = 3000
    window_seconds: int = 10
    login_requests: int = 30
    login_window_seconds: int = 60
    body_bytes: int = 1024 * 1024
    document_bytes: int = 25 * 1024 * 1024
    connections: int = 5000


@dataclass(frozen=True)
class Edge:
    """One Envoy: where it listens, where its files are, and whom it asks for signing keys."""

    ports: tuple[int, ...]
    folder: Path
    access_log: Path
    jwks: Endpoint
    host: str = LOOPBACK
    trusted_proxies: int = 0
    limits: Limits = field(default_factory=Limits)
    certificate: Path | None = None
    """PEM file, the key beside it in KEY_FILE; None: plain HTTP only"""

    @property
    def discovery(self) -> Path:
        """The watched folder of clusters, routes and endpoints; files arrive by rename only."""
        return self.folder / "xds"


def typed(name: str, /, **fields: Any) -> Json:
    """An `Any` message of Envoy: its fields and the type's name below `envoy.`."""
    return {"@type": f"{TYPES}{name}", **fields}


def from_folder(edge: Edge, name: str) -> Json:
    """A configuration source: the file `name` in the watched folder."""
    return {
        "resource_api_version": "V3",
        "path_config_source": {
            "path": str(edge.discovery / f"{name}.json"),
            "watched_directory": {"path": str(edge.discovery)},
        },
    }

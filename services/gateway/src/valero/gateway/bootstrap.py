"""Envoy's bootstrap: everything that is fixed while it runs. The rest arrives in watched files."""

from valero.gateway.clusters import signing_keys
from valero.gateway.edge import Edge, Json, from_folder, typed
from valero.gateway.listener import listener

ADMIN_SOCKET = "admin.sock"
OWNER_ONLY = 0o600


def bootstrap(edge: Edge) -> Json:
    """The whole bootstrap for `edge`.

    The admin interface can stop Envoy, so it is a socket that only the owner may open; its path is
    relative to the working folder because socket paths end at 107 characters.
    """
    return {
        "node": {"id": "edge", "cluster": "valero"},
        "admin": {"address": {"pipe": {"path": ADMIN_SOCKET, "mode": OWNER_ONLY}}},
        "dynamic_resources": {"cds_config": from_folder(edge, "cds")},
        "overload_manager": {"resource_monitors": [_connections(edge)]},
        "static_resources": {"clusters": [signing_keys(edge)], "listeners": [listener(edge)]},
    }


def _connections(edge: Edge) -> Json:
    return {
        "name": "envoy.resource_monitors.global_downstream_max_connections",
        "typed_config": typed(
            "extensions.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
            max_active_downstream_connections=edge.limits.connections,
        ),
    }

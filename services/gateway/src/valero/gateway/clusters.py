"""Clusters and endpoints: which processes stand behind a service's name (CDS and EDS)."""

from collections.abc import Sequence

from valero.gateway.edge import Edge, Endpoint, Json, from_folder, typed

KEYS = "signing-keys"

# uvicorn closes an idle connection after 5 s. Envoy must be the first to let go: a POST sent on a
# connection that the service is closing fails and may not be repeated.
IDLE_SECONDS = 4


def cluster(edge: Edge, name: str) -> Json:
    """The service `name`, its instances taken from a file.

    A removed instance gets nothing more at once (`ignore_health_on_host_removal`), a new one
    receives at its first passed check (`update_merge_window: 0s`; the default batches for 1 s).
    """
    return typed(
        "config.cluster.v3.Cluster",
        name=name,
        type="EDS",
        connect_timeout="1s",
        lb_policy="LEAST_REQUEST",
        ignore_health_on_host_removal=True,
        common_lb_config={"healthy_panic_threshold": {"value": 0}, "update_merge_window": "0s"},
        eds_cluster_config={"service_name": name, "eds_config": from_folder(edge, f"eds_{name}")},
        health_checks=[_health_check()],
        outlier_detection=_outlier_detection(),
        circuit_breakers={"thresholds": [_thresholds()]},
        typed_extension_protocol_options=_http(),
    )


def signing_keys(edge: Edge) -> Json:
    """Where the token filter fetches auth's public keys.

    Static, so that it exists before any file is read, and the first instance only: whoever may
    answer here decides who is signed in.
    """
    return {
        "name": KEYS,
        "type": "STATIC",
        "connect_timeout": "1s",
        "load_assignment": assignment(KEYS, (edge.jwks,)),
        "typed_extension_protocol_options": _http(),
    }


def assignment(name: str, endpoints: Sequence[Endpoint]) -> Json:
    """The instances of the service `name`."""
    return {
        "cluster_name": name,
        "endpoints": [{"lb_endpoints": [_lb_endpoint(endpoint) for endpoint in endpoints]}],
    }


def _lb_endpoint(endpoint: Endpoint) -> Json:
    address = {"address": endpoint.host, "port_value": endpoint.port}
    return {"endpoint": {"address": {"socket_address": address}}}


def _health_check() -> Json:
    """Liveness, not readiness: all instances share one database, and a service without it still
    shows its pages and explains itself better than an empty cluster can."""
    return {
        "timeout": "1s",
        "interval": "2s",
        "no_traffic_interval": "2s",
        "unhealthy_interval": "0.5s",
        "interval_jitter": "0.2s",
        "unhealthy_threshold": 2,
        "healthy_threshold": 1,
        "http_health_check": {"path": "/health/live"},
    }


def _outlier_detection() -> Json:
    """Set an instance aside for 5 s after five refusals; never more than half of them."""
    return {
        "consecutive_5xx": 1000,
        "enforcing_consecutive_5xx": 0,
        "enforcing_success_rate": 0,
        "consecutive_gateway_failure": 5,
        "enforcing_consecutive_gateway_failure": 100,
        "interval": "2s",
        "base_ejection_time": "5s",
        "max_ejection_percent": 50,
    }


def _thresholds() -> Json:
    """High enough for one live stream per person; the retry budget keeps retries from piling up."""
    return {
        "max_connections": 4000,
        "max_pending_requests": 1000,
        "max_requests": 4000,
        "retry_budget": {"budget_percent": {"value": 20}, "min_retry_concurrency": 10},
    }


def _http() -> Json:
    return {
        "envoy.extensions.upstreams.http.v3.HttpProtocolOptions": typed(
            "extensions.upstreams.http.v3.HttpProtocolOptions",
            common_http_protocol_options={"idle_timeout": f"{IDLE_SECONDS}s"},
            explicit_http_config={"http_protocol_options": {}},
        )
    }

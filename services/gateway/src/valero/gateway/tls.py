"""TLS on the edge's own ports: the certificate, its renewal while running, and who may do without.

The files `cert.pem` (the whole chain) and `key.pem` are read again when a new pair is moved into
their folder by rename. Plain HTTP stays possible from this machine itself, for its own probes.
"""

from valero.gateway.edge import KEY_FILE, Edge, Json, from_folder, typed

PAIR = "edge"


def secrets(edge: Edge) -> list[Json]:
    """The certificate as a resource of Envoy's secret discovery; empty without one."""
    if edge.certificate is None:
        return []
    folder = edge.certificate.parent
    pair = {
        "certificate_chain": {"filename": str(edge.certificate)},
        "private_key": {"filename": str(folder / KEY_FILE)},
        "watched_directory": {"path": str(folder)},
    }
    kind = "extensions.transport_sockets.tls.v3.Secret"
    return [typed(kind, name=PAIR, tls_certificate=pair)]


def filter_chains(edge: Edge, filters: list[Json]) -> list[Json]:
    """The ways a connection may be made: TLS from anywhere, plain from this machine only."""
    if edge.certificate is None:
        return [{"filters": filters}]
    return [
        {
            "name": "tls",
            "filter_chain_match": {"transport_protocol": "tls"},
            "filters": filters,
            "transport_socket": _transport_socket(edge),
            "transport_socket_connect_timeout": "10s",
        },
        {
            "name": "plain",
            "filter_chain_match": {
                "transport_protocol": "raw_buffer",
                "source_type": "SAME_IP_OR_LOOPBACK",
            },
            "filters": filters,
        },
    ]


def listener_filters(edge: Edge) -> list[Json]:
    """What tells TLS from plain HTTP by its first bytes."""
    if edge.certificate is None:
        return []
    kind = "extensions.filters.listener.tls_inspector.v3.TlsInspector"
    return [{"name": "tls_inspector", "typed_config": typed(kind)}]


def _transport_socket(edge: Edge) -> Json:
    context = {
        "alpn_protocols": ["h2", "http/1.1"],
        "tls_params": {"tls_minimum_protocol_version": "TLSv1_2"},
        "tls_certificate_sds_secret_configs": [
            {"name": PAIR, "sds_config": from_folder(edge, "sds")}
        ],
    }
    kind = "extensions.transport_sockets.tls.v3.DownstreamTlsContext"
    return {"name": "tls", "typed_config": typed(kind, common_tls_context=context)}

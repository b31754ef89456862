"""The gateway's own settings beside those of every service, and the edge they describe."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, NonNegativeInt, PositiveInt

from valero.gateway.edge import CERTIFICATE_FILE, LOOPBACK, Edge, Endpoint, Limits
from valero.kit.catalogue import Catalogue
from valero.kit.settings import Settings


class GatewaySettings(Settings):
    """`VALERO_EDGE_*`: where Envoy listens and how much it lets through.

    `edge_host` is the loopback address until TLS is set up, with a certificate in `edge_tls_dir`
    (`$VALERO_HOME/tls`) or by proxies, their number in `edge_trusted_proxies`. Requests are counted
    per 10 seconds, sign-ins per minute. On stop, requests in flight get `edge_drain_seconds`.
    """

    edge_host: str = LOOPBACK
    edge_trusted_proxies: NonNegativeInt = 0
    edge_user_requests: PositiveInt = Limits.user_requests
    edge_address_requests: PositiveInt = Limits.address_requests
    edge_login_requests: PositiveInt = Limits.login_requests
    edge_tls_dir: Path | None = None
    edge_drain_seconds: Annotated[float, Field(ge=0, le=600)] = 1.5

    def edge(self, catalogue: Catalogue) -> Edge:
        """The Envoy that these settings and services.toml describe."""
        home = self.home.resolve()
        certificate = (self.edge_tls_dir or home / "tls").resolve() / CERTIFICATE_FILE
        keys_at = Endpoint(LOOPBACK, catalogue.services["auth"].port)
        return Edge(
            ports=tuple(sorted(set(catalogue.edge.values()), reverse=True)),
            folder=home / "envoy",
            access_log=home / "logs" / "access.log",
            jwks=Endpoint.parse(self.jwks_url) if self.jwks_url else keys_at,
            host=self.edge_host,
            trusted_proxies=self.edge_trusted_proxies,
            limits=Limits(
                user_requests=self.edge_user_requests,
                address_requests=self.edge_address_requests,
                login_requests=self.edge_login_requests,
            ),
            certificate=certificate if certificate.is_file() else None,
        )

    def interface(self, root: Path) -> Path:
        """The folder of the built user interface."""
        return self.ui_dir or root / "dist"

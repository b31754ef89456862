"""A service in this process: its lifespan runs, and clients call it without a socket."""

from collections.abc import AsyncIterator, Callable, Collection
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import httpx
from fastapi import FastAPI

from valero.kit.settings import Settings
from valero.kit.testing.tokens import TENANT, USER, TokenFactory

ORIGIN = "http://testserver"


class AppClient(httpx.AsyncClient):
    """An HTTP client of one running service; `app` is the service."""

    def __init__(self, app: FastAPI, token: TokenFactory, *, raise_errors: bool = True) -> None:
        super().__init__(
            transport=httpx.ASGITransport(app, raise_app_exceptions=raise_errors),
            base_url=ORIGIN,
        )
        self.app = app
        self._token = token
        self._raise_errors = raise_errors

    def as_user(
        self,
        *permissions: str,
        tenant: UUID = TENANT,
        user: UUID = USER,
        roles: Collection[str] = (),
        **claims: Any,
    ) -> "AppClient":
        """A client of the same service, signed in with `permissions`."""
        other = AppClient(self.app, self._token, raise_errors=self._raise_errors)
        token = self._token(permissions, tenant=tenant, user=user, roles=roles, **claims)
        other.headers["Authorization"] = f"Bearer {token}"
        return other


@asynccontextmanager
async def running(
    create: Callable[[Settings], FastAPI],
    token: TokenFactory,
    *,
    raise_errors: bool = True,
    **settings: Any,
) -> AsyncIterator[AppClient]:
    """Run the service that `create` makes from `settings`, and yield a client nobody signed in to.

    With `raise_errors`, a defect of the service raises in the test instead of answering 500.
    """
    app = create(Settings(environment="test", gateway_origins=(ORIGIN,), **settings))
    app.state.verifier = token.verifier()
    client = AppClient(app, token, raise_errors=raise_errors)
    async with app.router.lifespan_context(app), client:
        yield client

"""The pytest plugin of kit: servers, databases, tokens and clients as fixtures.

Everything is imported inside the fixtures: pytest loads this file before coverage starts.
"""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from valero.kit.testing.postgres import PostgresProcess, ServiceDatabases
    from valero.kit.testing.tokens import TokenFactory


@pytest.fixture(scope="session")
def postgres() -> "Iterator[PostgresProcess]":
    """A PostgreSQL server of this test process. Tests may halt it if they start it again."""
    from valero.kit.testing.postgres import PostgresProcess

    server = PostgresProcess()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def service_database(postgres: "PostgresProcess") -> "ServiceDatabases":
    """`await service_database("x")`: a new migrated database with the role of service x."""
    from valero.kit.testing.postgres import ServiceDatabases

    return ServiceDatabases(postgres)


@pytest.fixture(scope="session")
def token() -> "TokenFactory":
    """`token(permissions=["x:read"], tenant=...)`: an access token that `app_client` accepts."""
    from valero.kit.testing.tokens import TokenFactory

    return TokenFactory()


@pytest.fixture(scope="session")
def app_client(token: "TokenFactory") -> Any:
    """`async with app_client(create, database_url=...) as client`: a running service.

    `create` takes Settings, made from the keyword arguments; `client.as_user("x:read")` signs in.
    """
    from valero.kit.testing.clients import running

    return partial(running, token=token)

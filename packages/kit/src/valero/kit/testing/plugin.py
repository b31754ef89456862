"""The pytest plugin of kit: servers, databases, tokens and clients as fixtures.

Everything is imported inside the fixtures: pytest loads this file before coverage starts.
"""

from collections.abc import AsyncIterator, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from valero.kit.testing.postgres import PostgresProcess, ServiceDatabases
    from valero.kit.testing.rabbit import RabbitProcess
    from valero.kit.testing.recording import RecordingBus
    from valero.kit.testing.redis import RedisProcess
    from valero.kit.testing.tokens import TokenFactory


def pytest_configure() -> None:
    """Logs of tests show plain tracebacks: those with local variables take seconds to draw."""
    import structlog

    console = structlog.dev.ConsoleRenderer(exception_formatter=structlog.dev.plain_traceback)
    structlog.configure(processors=[*structlog.get_config()["processors"][:-1], console])


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


@pytest.fixture(scope="session")
def redis_process() -> "Iterator[RedisProcess]":
    """A Redis server of this test process. Tests may kill it if they start it again."""
    from valero.kit.testing.redis import RedisProcess

    server = RedisProcess()
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture
def redis_url(redis_process: "RedisProcess") -> str:
    """The URL of an empty Redis."""
    redis_process.flush()
    return redis_process.url


@pytest.fixture(scope="session")
def rabbit_process() -> "Iterator[RabbitProcess]":
    """A RabbitMQ node of this test process; skips where RabbitMQ is not installed."""
    from valero.kit.testing.rabbit import RabbitProcess, find_server

    if find_server() is None:
        pytest.skip("rabbitmq-server is not installed")
    node = RabbitProcess()
    try:
        node.start()
        yield node
    finally:
        node.remove()


@pytest.fixture
def rabbit_url(rabbit_process: "RabbitProcess") -> str:
    """The URL of a RabbitMQ that all tests share: use service names and types of your own."""
    return rabbit_process.url


@pytest.fixture
async def recording_bus() -> "AsyncIterator[RecordingBus]":
    """A bus without a broker: `.events` are those sent, subscribers get them at once."""
    from valero.kit.testing.recording import RecordingBus

    async with RecordingBus() as bus:
        yield bus

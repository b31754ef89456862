"""Runs one service: `python -m valero.kit.serve <service>` with the settings of the environment."""

import importlib
import sys

import uvicorn

from valero.kit import logs
from valero.kit.settings import Settings

GRACE_SECONDS = 5


def main() -> None:
    """Import `valero.<service>.app`, create the application and serve it until told to stop.

    SIGTERM or SIGINT ends it after open requests, at most GRACE_SECONDS later.
    """
    service = sys.argv[1]
    settings = Settings()
    logs.configure(service, instance=settings.identity, level=settings.log_level)
    app = importlib.import_module(f"valero.{service}.app").create()
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        loop="uvloop" if sys.platform != "win32" else "asyncio",
        http="httptools",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


if __name__ == "__main__":
    main()

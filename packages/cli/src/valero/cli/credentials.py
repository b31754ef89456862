"""Secrets: made at the first start, one 0600 file each, in a folder per service that only it gets.

What is drawn once stays under `secrets/infrastructure`; addresses are written anew at each start,
because ports move with the offset.
"""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from valero.cli.home import Home, write_private
from valero.kit.catalogue import Catalogue, Entry

DATABASE = "valero"
INFRASTRUCTURE = "infrastructure"


@dataclass(frozen=True)
class Vault:
    """The drawn secrets of one home; reading one that is not there yet draws it."""

    home: Home

    @property
    def folder(self) -> Path:
        return self.home.secrets / INFRASTRUCTURE

    @property
    def postgres(self) -> str:
        """Password of the database superuser."""
        return self.secret("postgres")

    @property
    def redis(self) -> str:
        """Password of Redis."""
        return self.secret("redis")

    @property
    def observer(self) -> str:
        """What services show to Observer when they register."""
        return self.secret("observer")

    def role(self, service: str) -> str:
        """Password of a service's database role."""
        return self.secret(f"role-{service}")

    def secret(self, name: str, draw: Callable[[], str] = secrets.token_hex) -> str:
        """The secret of this name, drawn at first use. Letters and digits only: safe in a URL."""
        file = self.folder / name
        if not file.exists():
            self.folder.mkdir(mode=0o700, exist_ok=True)
            write_private(file, draw())
        return file.read_text(encoding="utf-8").strip()


def write_for_services(vault: Vault, catalogue: Catalogue, services: Iterable[Entry]) -> None:
    """Give each service its folder of settings: `valero_database_url` and so on."""
    for entry in services:
        folder = vault.home.secrets / entry.name
        folder.mkdir(mode=0o700, exist_ok=True)
        for name, value in settings_of(vault, catalogue, entry).items():
            file = folder / name
            if not file.exists() or file.read_text(encoding="utf-8") != value:
                write_private(file, value)


def settings_of(vault: Vault, catalogue: Catalogue, entry: Entry) -> dict[str, str]:
    """The secret settings of one service, named as `valero.kit.settings` reads them."""
    ports = catalogue.infrastructure
    redis = f"redis://:{vault.redis}@127.0.0.1:{ports['redis']}/0"
    settings = {
        "valero_redis_url": redis,
        "valero_broker_url": redis,
        "valero_observer_token": vault.observer,
        "valero_secret_key": vault.secret(f"key-{entry.name}"),
    }
    if entry.database:
        place = f"127.0.0.1:{ports['postgres']}/{DATABASE}"
        password = vault.role(entry.name)
        settings["valero_database_url"] = f"postgresql+asyncpg://{entry.name}:{password}@{place}"
    return settings

"""The environment of a service process, read once: `VALERO_*` and files in VALERO_SECRETS_DIR.

A variable wins over a file of the same name. No other module looks at the environment.
"""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SecretsSettingsSource,
    SettingsConfigDict,
)

Secret = Annotated[str | None, Field(repr=False)]


class Settings(BaseSettings):
    """What the launcher tells a process. Every field has a default that suits a test."""

    model_config = SettingsConfigDict(env_prefix="VALERO_", extra="ignore", frozen=True)

    service: str = "valero"
    instance: str = ""
    nonce: str = ""
    host: str = "127.0.0.1"
    port: int = 0
    offset: int = 0
    home: Path = Path(".valero")
    root: Path | None = None
    environment: Literal["production", "development", "test"] = "production"
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = "INFO"
    ui_dir: Path | None = None
    secrets_dir: Path | None = None

    observer_url: str | None = None
    jwks_url: str | None = None
    gateway_origins: Annotated[tuple[str, ...], NoDecode] = ()

    database_url: Secret = None
    redis_url: Secret = None
    broker_url: Secret = None
    observer_token: Secret = None
    secret_key: Secret = None

    @field_validator("gateway_origins", mode="before")
    @classmethod
    def _split_origins(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(part.strip().rstrip("/") for part in value.split(",") if part.strip())
        return value

    @property
    def identity(self) -> str:
        """The name of this process slot, e.g. `fibu-1`."""
        return self.instance or f"{self.service}-1"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - signature of pydantic
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Constructor, then environment, then the secrets folder that either of them names."""
        folder = {**env_settings(), **init_settings()}.get("secrets_dir")
        if folder is None:
            return init_settings, env_settings
        return init_settings, env_settings, SecretsSettingsSource(settings_cls, folder)

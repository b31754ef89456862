from pathlib import Path

import pytest
from pydantic import ValidationError

from valero.kit import catalogue, clock
from valero.kit.settings import Settings
from valero.kit.testing.factories import factory
from valero.kit.testing.ports import free_offset, free_port

TOML = """
[edge]
api = 8000
[infrastructure]
postgres = 15432
[services.b]
title = "B"
description = "Second"
port = 8002
database = true
depends_on = ["a", "postgres"]
[services.a]
title = "A"
description = "First"
port = 8001
database = false
depends_on = []
"""


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    (tmp_path / "valero_database_url").write_text("postgresql://from-file\n", "utf8")
    (tmp_path / "valero_redis_url").write_text("redis://from-file", "utf8")
    return tmp_path


def test_secrets_are_read_from_files_and_the_environment_wins(
    secrets: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VALERO_SECRETS_DIR", str(secrets))
    monkeypatch.setenv("VALERO_REDIS_URL", "redis://from-environment")
    settings = Settings()
    assert settings.database_url == "postgresql://from-file"
    assert settings.redis_url == "redis://from-environment"


def test_secrets_do_not_show_in_logs(secrets: Path) -> None:
    settings = Settings(secrets_dir=secrets, secret_key="00ff")
    assert settings.database_url is not None
    assert "from-file" not in repr(settings)
    assert "00ff" not in repr(settings)


def test_origins_are_a_comma_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALERO_GATEWAY_ORIGINS", "http://localhost:3000/, http://127.0.0.1:3000,")
    assert Settings().gateway_origins == ("http://localhost:3000", "http://127.0.0.1:3000")


def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VALERO_PORT", "many")
    with pytest.raises(ValidationError, match="port"):
        Settings()


def test_the_catalogue_adds_the_offset_to_every_port(tmp_path: Path) -> None:
    (tmp_path / "services.toml").write_text(TOML, "utf8")
    known = catalogue.load(tmp_path / "services.toml", offset=100)
    assert known.edge["api"] == 8100
    assert known.infrastructure["postgres"] == 15532
    assert known.services["b"].port_of(3) == 8302
    assert known.services["b"].prefix == "/api/b"


def test_services_start_after_what_they_depend_on(tmp_path: Path) -> None:
    path = tmp_path / "services.toml"
    path.write_text(TOML, "utf8")
    assert [entry.name for entry in catalogue.load(path).in_start_order()] == ["a", "b"]


@pytest.mark.parametrize("dependency", ["b", "nothing"])
def test_a_circle_or_an_unknown_dependency_is_reported(tmp_path: Path, dependency: str) -> None:
    path = tmp_path / "services.toml"
    path.write_text(TOML.replace("depends_on = []", f'depends_on = ["{dependency}"]'), "utf8")
    with pytest.raises(ValueError, match=dependency):
        catalogue.load(path).in_start_order()


def test_the_workspace_is_found_from_below(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "services.toml").write_text(TOML, "utf8")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.delenv("VALERO_ROOT", raising=False)
    monkeypatch.chdir(below)
    assert catalogue.root() == tmp_path
    monkeypatch.setenv("VALERO_ROOT", str(below))
    assert catalogue.root() == below


def test_later_identifiers_sort_after_earlier_ones() -> None:
    identifiers = [clock.new_id() for _ in range(1000)]
    assert identifiers == sorted(identifiers)
    assert len(set(identifiers)) == 1000
    assert clock.now().utcoffset() is not None


def test_a_factory_fills_in_what_the_test_does_not_name() -> None:
    make = factory(dict, number=lambda n: f"RE-{n:04}", text="x")
    assert make() == {"number": "RE-0001", "text": "x"}
    assert make(text="y") == {"number": "RE-0002", "text": "y"}


def test_an_offset_moves_all_ports_to_free_ones() -> None:
    assert free_offset([8000, 8111, 15432]) + 15432 < 65536
    assert free_port() != free_port()

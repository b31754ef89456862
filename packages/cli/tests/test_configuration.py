"""What is written for supervisord, Redis and the services, and that they understand it."""

import configparser
import json
import shlex
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from supervisor.options import ServerOptions

from valero.cli import credentials, embedded, programs, stack, supervision
from valero.cli.credentials import Vault
from valero.cli.failure import Failure
from valero.cli.home import Home
from valero.cli.programs import Program
from valero.kit.settings import Settings

ROOT = Path(__file__).parents[3]


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "h")
    home.create()
    return home


def described(home: Home, **options):
    return stack.describe(home, ROOT, **{"offset": 0, **options})


def test_a_service_reads_exactly_what_the_launcher_tells_it(home, monkeypatch) -> None:
    wanted = described(home, offset=10)
    credentials.write_for_services(Vault(home), wanted.catalogue, wanted.services)
    program = next(p for p in programs.service_programs(wanted) if p.name == "fibu-1")
    for name, value in program.environment.items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert (settings.service, settings.identity, settings.port) == ("fibu", "fibu-1", 8017)
    assert (settings.offset, settings.root, settings.home) == (10, ROOT, home.path)
    assert settings.nonce == wanted.nonces["fibu-1"]
    assert settings.database_url.startswith("postgresql+asyncpg://fibu:")
    assert settings.database_url.endswith("@127.0.0.1:15442/valero")
    assert settings.redis_url == settings.broker_url
    assert settings.observer_token
    assert len(bytes.fromhex(settings.secret_key)) == 32
    assert "http://localhost:3010" in settings.gateway_origins
    assert settings.jwks_url == "http://127.0.0.1:8011/api/auth/jwks.json"


def test_each_service_has_secrets_of_its_own(home) -> None:
    wanted = described(home)
    given = {
        e.name: credentials.settings_of(Vault(home), wanted.catalogue, e) for e in wanted.services
    }
    assert given["fibu"]["valero_database_url"] != given["beleg"]["valero_database_url"]
    assert given["fibu"]["valero_secret_key"] != given["auth"]["valero_secret_key"]
    assert "valero_database_url" not in given["gateway"]


def test_secrets_stay_and_addresses_follow_the_offset(home) -> None:
    files = []
    for offset in (0, 1000):
        wanted = described(home, offset=offset)
        credentials.write_for_services(Vault(home), wanted.catalogue, wanted.services)
        files.append((home.secrets / "fibu" / "valero_database_url").read_text())
    assert files[1] == files[0].replace(":15432/", ":16432/")


def test_the_second_instance_listens_a_hundred_further(home) -> None:
    home.remember_scale({"fibu": 2})
    found = {p.name: p for p in programs.service_programs(described(home))}
    assert found["fibu-2"].ports == {"fibu-2": 8107}
    assert (
        found["fibu-1"].environment["VALERO_NONCE"] != found["fibu-2"].environment["VALERO_NONCE"]
    )


def test_settings_of_the_shell_do_not_leak_into_processes(monkeypatch) -> None:
    monkeypatch.setenv("VALERO_DATABASE_URL", "postgresql://elsewhere")
    monkeypatch.setenv("VALERO_BROKER_URL", "amqp://broker")
    inherited = programs.clean_environment()
    assert "VALERO_DATABASE_URL" not in inherited
    assert inherited["VALERO_BROKER_URL"] == "amqp://broker"


AWKWARD = Program(
    name="odd-1",
    command=(sys.executable, "-c", "print('100 %')", "a b"),
    ports={},
    environment={"VALERO_ODD": "Müller & Söhne, 50% = a;b#c, it's"},
)


def test_supervisord_reads_back_awkward_characters(home) -> None:
    supervision.write_configuration(home, [AWKWARD])
    options = ServerOptions()
    options.realize(["-n", "-c", str(home.configuration)])
    (group,) = options.process_group_configs
    (process,) = group.process_configs
    assert shlex.split(process.command) == AWKWARD.guarded_command
    assert process.environment == AWKWARD.environment


@pytest.mark.parametrize("value", ["kept #cut", "kept ;cut", 'say "x"', "two\nlines"])
def test_what_supervisord_would_misread_is_refused(home, value: str) -> None:
    with pytest.raises(Failure) as refused:
        supervision.render(home, [replace(AWKWARD, environment={"VALERO_ODD": value})])
    assert refused.value.code == "path_unusable"


def test_the_configuration_is_stable_so_that_scaling_restarts_nobody(home) -> None:
    once = supervision.render(
        home, programs.service_programs(described(home, nonces={"fibu-1": "x"}))
    )
    home.remember_scale({"fibu": 2})
    nonces = {"fibu-1": "x"}
    twice = supervision.render(home, programs.service_programs(described(home, nonces=nonces)))
    before, after = configparser.RawConfigParser(), configparser.RawConfigParser()
    before.read_string(once)
    after.read_string(twice)
    assert dict(before["program:fibu-1"]) == dict(after["program:fibu-1"])
    assert set(after.sections()) - set(before.sections()) == {"program:fibu-2"}


def test_redis_gets_its_password_by_file(home) -> None:
    embedded.write_redis_configuration(home, Vault(home), 16379)
    program = embedded.redis_program(home, 16379)
    assert Vault(home).redis not in " ".join(program.command)
    assert f'requirepass "{Vault(home).redis}"' in (home.run / "redis.conf").read_text()
    assert embedded.as_redis_configuration(["--save", "", "--port", "1"]) == 'save ""\nport "1"\n'


def test_the_shim_becomes_the_command_itself() -> None:
    show = "import os, json; print(json.dumps([os.getpid(), os.environ['VALERO_PARENT_PID']]))"
    program = replace(AWKWARD, command=(sys.executable, "-c", show))
    child = subprocess.Popen(program.guarded_command, stdout=subprocess.PIPE, text=True)
    output, _ = child.communicate(timeout=20)
    assert json.loads(output) == [child.pid, str(child.pid)]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of its parent's end")
def test_the_shim_ends_at_once_where_the_parent_is_gone_already() -> None:
    program = replace(AWKWARD, command=(sys.executable, "-c", "print('still here')"))
    child = subprocess.run(
        program.guarded_command,
        env={"VALERO_PARENT_PID": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert child.returncode == -9
    assert child.stdout == ""

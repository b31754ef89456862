"""Logs as people read them."""

import json
from pathlib import Path

import pytest

from valero.cli import logs
from valero.cli.failure import Failure
from valero.cli.home import Home
from valero.cli.logs import Line


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "h")
    home.create()
    for name in ("fibu-1", "fibu-2", "postgres"):
        home.log_of(name).write_text(f"first of {name}\nlast of {name}\n")
    return home


def test_a_service_stands_for_all_its_instances(home) -> None:
    assert list(logs.files(home, ["fibu"])) == ["fibu-1", "fibu-2"]
    assert list(logs.files(home, ["fibu-2"])) == ["fibu-2"]
    assert len(logs.files(home, [])) == 3


def test_an_unknown_process_is_answered_with_those_that_exist(home) -> None:
    with pytest.raises(Failure) as refused:
        logs.files(home, ["kasse"])
    assert "postgres" in refused.value.remedy


def test_the_last_lines_are_shown(home) -> None:
    lines = logs.last_lines(logs.files(home, ["postgres"]), 1)
    assert [line.raw for line in lines] == ["last of postgres"]


def test_a_structured_line_becomes_a_sentence() -> None:
    fields = {"time": "2026-11-20T12:00:00+00:00", "level": "warning", "event": "lost", "port": 1}
    readable = Line("fibu-1", json.dumps({**fields, "service": "fibu"})).readable()
    assert readable.endswith("warning lost port=1")
    assert "fibu" not in readable


def test_a_request_at_the_gateway_becomes_a_line_too() -> None:
    fields = {"status": 200, "method": "GET", "path": "/x", "milliseconds": 3, "user": None}
    assert Line("access", json.dumps(fields)).readable().strip() == "200 GET /x 3 ms"


@pytest.mark.parametrize("raw", ["plain text", "{broken", '{"no": "event"}', "{}", ""])
def test_any_other_line_stays_as_it_is(raw: str) -> None:
    assert Line("redis", raw).readable() == raw


def test_following_survives_rotation_and_waits_for_whole_lines(home) -> None:
    path = home.log_of("postgres")
    steps = iter(["half", " and half\n", None])

    def write_next(_seconds: float) -> None:
        step = next(steps)
        if step is None:
            path.rename(path.with_suffix(".1"))
            path.write_text("new file\n")
        else:
            with path.open("a") as file:
                file.write(step)

    following = logs.follow({"postgres": path}, pause=write_next)
    assert next(following).raw == "half and half"
    assert next(following).raw == "new file"

import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from valero.kit import logs


@pytest.fixture
def written(capsys: pytest.CaptureFixture[str]) -> Iterator[Any]:
    """The lines logged so far, parsed; tests start with `configure`, as pytest swaps stdout."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    yield lambda: [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    root.handlers[:], level = before
    root.setLevel(level)
    structlog.reset_defaults()


def configure() -> None:
    logs.configure("probe", instance="probe-1", level="INFO")


def test_our_lines_and_those_of_libraries_have_one_shape(written: Any) -> None:
    configure()
    structlog.get_logger("ours").info("entry_posted", number=7, text="Größe")
    logging.getLogger("theirs").warning("slow %s", "query", extra={"seconds": 2})
    ours, theirs = written()
    assert (ours["event"], ours["number"], ours["text"]) == ("entry_posted", 7, "Größe")
    assert (theirs["event"], theirs["seconds"]) == ("slow query", 2)
    for line, level in ((ours, "info"), (theirs, "warning")):
        assert (line["service"], line["instance"], line["level"]) == ("probe", "probe-1", level)
        assert line["time"].endswith("Z")


def test_a_traceback_shows_where_but_not_with_which_values(written: Any) -> None:
    configure()

    def fail(password: str) -> None:
        raise LookupError(len(password))

    try:
        fail("hunter2-hunter2")
    except LookupError:
        structlog.get_logger("ours").exception("failed")
    (line,) = written()
    assert line["exception"][0]["exc_type"] == "LookupError"
    assert "hunter2" not in json.dumps(line)


def test_a_new_line_in_a_value_does_not_start_a_new_entry(written: Any) -> None:
    configure()
    structlog.get_logger("ours").info("sign_in", name='x"}\n{"event": "forged"}')
    assert len(written()) == 1


def test_lines_below_the_level_are_left_out(written: Any) -> None:
    configure()
    structlog.get_logger("ours").debug("detail")
    assert written() == []

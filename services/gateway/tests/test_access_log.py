"""A full access log is set aside without losing a line."""

import json
from dataclasses import replace

from valero.gateway import access_log

from .conftest import eventually


async def test_a_full_log_is_set_aside_and_a_new_one_begun(stack, client, monkeypatch):
    log = stack.edge.access_log
    await client.get("/api/fibu/before-rotation")

    async def holds(name: str, path: str) -> bool:
        file = log.with_name(name)
        lines = file.read_text().splitlines() if file.is_file() else []
        return any(json.loads(line)["path"] == path for line in lines)

    await eventually(lambda: holds("access.log", "/api/fibu/before-rotation"))
    # socket paths end at 107 characters, and those of tests are long
    monkeypatch.chdir(stack.edge.folder.parent)
    edge = replace(stack.edge, folder=stack.edge.folder.relative_to(stack.home))
    assert await access_log.rotate(edge, full_bytes=1)
    assert await holds("access.log.1", "/api/fibu/before-rotation")
    await client.get("/api/fibu/after-rotation")
    await eventually(lambda: holds("access.log", "/api/fibu/after-rotation"))


async def test_old_logs_move_on_and_the_oldest_goes(tmp_path, stack):
    log = tmp_path / "access.log"
    edge = replace(stack.edge, access_log=log)
    for number in range(1, 7):
        log.write_text(str(number))
        assert access_log._set_aside(edge, 1)
    names = [log.with_name(f"access.log.{n}") for n in range(1, access_log.KEPT + 1)]
    assert [name.read_text() for name in names] == ["6", "5", "4", "3"]
    assert sorted(tmp_path.iterdir()) == names


async def test_a_log_that_is_not_full_or_not_there_is_left_alone(stack, tmp_path):
    assert not await access_log.rotate(stack.edge)
    assert not await access_log.rotate(replace(stack.edge, access_log=tmp_path / "none.log"))

"""Rules at work: thresholds become events, and the file may change while the Observer runs."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from valero.kit.settings import Settings
from valero.observer import history
from valero.observer.history import Filter
from valero.observer.observatory import open_observatory
from valero.observer.samples import Meter
from valero.observer.verdict import State

ROOT = Path(__file__).parents[3]


@pytest.fixture
def rules(tmp_path, monkeypatch):
    """A workspace of the test's own whose observer_config.json it may change."""
    for name in ("services.toml", "observer_config.json"):
        shutil.copy(ROOT / name, tmp_path / name)
    monkeypatch.setenv("VALERO_ROOT", str(tmp_path))
    path = tmp_path / "observer_config.json"

    def change(edit):
        document = json.loads(path.read_text("utf8"))
        edit(document)
        draft = path.with_suffix(".new")
        draft.write_text(json.dumps(document))
        draft.replace(path)

    change(lambda document: document["observer"]["keep"].update(sample_seconds=0.2))
    return change


async def of_kind(observatory, kind):
    await observatory.watch.history.flush()
    found, _ = await history.page(observatory.store, Filter(kind=kind), before=None, limit=50)
    return found


async def test_a_breach_is_told_and_its_end_too(stack, rules, until):
    def limit(megabytes):
        own = {"memory_mb": megabytes, "for_seconds": 0}
        rules(lambda document: document["services"]["fibu"]["thresholds"].update(own))

    limit(1)
    stack.add_service("fibu-1")
    stack.start()
    settings = Settings(service="observer", home=stack.home, environment="test")
    async with open_observatory(settings) as observatory:
        breach = (await until(lambda: of_kind(observatory, "threshold_breached")))[0]
        assert (breach.instance, breach.why["measure"]) == ("fibu-1", "memory_mb")
        assert breach.why["value"] > breach.why["limit"] == 1
        assert breach.de.startswith("fibu-1: Arbeitsspeicher")
        shown = observatory.views.service("fibu", observatory.watch.monotonic())
        assert shown.instances[0].breaches == ["memory_mb"]

        limit(10_000)
        assert await until(lambda: of_kind(observatory, "threshold_kept"))
        assert await of_kind(observatory, "config_loaded")
        assert observatory.roster.find("fibu-1").verdict.state is State.UP


async def test_a_bad_file_is_told_and_changes_nothing(stack, rules, until):
    stack.start()
    settings = Settings(service="observer", home=stack.home, environment="test")
    async with open_observatory(settings) as observatory:
        before = observatory.config.rules
        rules(lambda document: document["defaults"]["probe"].update(timeout_seconds=99))
        (rejected,) = await until(lambda: of_kind(observatory, "config_rejected"))
        assert "must be smaller" in rejected.why["trouble"]
        assert observatory.config.rules is before


async def test_samples_are_kept_without_any_browser(stack, rules, until):
    stack.add_service("fibu-1")
    stack.start()
    settings = Settings(service="observer", home=stack.home, environment="test")
    async with open_observatory(settings) as observatory:

        def kept():
            query = "SELECT count(*) FROM samples WHERE memory_mb > 1 AND cpu_percent IS NOT NULL"
            return observatory.store.read(lambda c: c.execute(query).fetchone()[0] >= 2)

        await until(kept)


def test_usage_counts_children_and_needs_two_looks():
    code = "import subprocess, sys; x = bytearray(30_000_000); sys.stdin.read()"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {code!r}])"
    process = subprocess.Popen([sys.executable, "-c", parent], stdin=subprocess.PIPE)
    try:
        meter, usage = Meter(), None
        for _ in range(1000):
            usage = meter.measure([process.pid])[process.pid]
            if usage.memory_mb and usage.memory_mb > 30 and usage.cpu_percent is not None:
                break
        assert usage.memory_mb > 30
        assert usage.cpu_percent >= 0
        assert Meter().measure([process.pid])[process.pid].cpu_percent is None
    finally:
        process.stdin.close()
        process.wait(10)


def test_a_process_that_is_gone_has_no_usage():
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    usage = Meter().measure([process.pid])[process.pid]
    assert (usage.cpu_percent, usage.memory_mb) == (None, None)

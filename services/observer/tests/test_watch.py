"""The watch under a clock of the test's own, with a supervisor that only takes notes."""

import pytest

from valero.kit import catalogue
from valero.observer import healing, history
from valero.observer.answers import Outcome, Reading
from valero.observer.config import FILE, Config
from valero.observer.history import Filter, History, Kind
from valero.observer.leases import Leases, Registration
from valero.observer.machine import Machine
from valero.observer.processes import ControlFailed, Process
from valero.observer.remedy import Because
from valero.observer.roster import Roster
from valero.observer.verdict import Cause, Phase, State
from valero.observer.watch import Watch

DAY = 86_400.0
FIBU = Registration(
    service="fibu",
    instance="fibu-1",
    nonce="nonce-of-fibu-1",
    url="http://127.0.0.1:9",
    pid=4711,
    version="1.0.0",
)
ALIVE, SILENT = Reading(Outcome.READY), Reading(Outcome.TIMED_OUT)


class NotedControl:
    """Stands for supervisord: shows what the test put in the slots, notes what is asked."""

    def __init__(self):
        self.slots, self.asked, self.away = {}, [], False

    async def processes(self):
        if self.away:
            raise ControlFailed("no answer")
        return list(self.slots.values())

    async def start(self, name):
        self.asked.append(("start", name))

    async def restart(self, name):
        self.asked.append(("restart", name))

    async def signal(self, name, number):
        self.asked.append((number.name, name))

    def put(self, name, phase, pid=None):
        self.slots[name] = Process(name, phase, pid)


class Now:
    def __init__(self):
        self.seconds = 1000.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def now():
    return Now()


@pytest.fixture
async def watch(store, now):
    root = catalogue.root()
    made = Watch(
        own_instance="observer-1",
        roster=Roster(catalogue.load(root / catalogue.FILE, offset=0)),
        leases=Leases(store),
        config=Config.open(root / FILE),
        control=NotedControl(),
        history=History(store, lambda _event: None),
        ask=None,
        heal=healing.heal,
        on_change=lambda _target: None,
        machine=Machine(),
        monotonic=now,
        chance=lambda: 0.0,
    )
    yield made
    await made.stop()


async def kinds(watch, store):
    await watch.history.flush()
    found, _ = await history.page(store, Filter(), before=None, limit=500)
    return [event.kind for event in reversed(found)]


async def register(watch, now, **changes):
    lease = await watch.leases.register(FIBU.model_copy(update=changes), now())
    watch.registered(lease)
    return watch.roster.find("fibu-1")


def probe(watch, target, reading, times=1):
    for _ in range(times):
        watch.learn(target, reading)


async def test_a_remote_instance_lives_and_dies_with_its_lease(watch, now, store, until):
    target = await register(watch, now)
    probe(watch, target, ALIVE, 2)
    assert target.verdict.state is State.UP
    now.seconds += 16
    watch.reconcile(target)
    assert (target.verdict.state, target.verdict.cause) == (State.SUSPECT, Cause.HEARTBEAT_MISSING)
    now.seconds += 15
    probe(watch, target, SILENT)
    assert (target.verdict.state, target.verdict.cause) == (State.DOWN, Cause.LEASE_EXPIRED)
    now.seconds += DAY
    watch.reconcile(target)
    assert watch.roster.find("fibu-1") is None
    await until(lambda: watch.leases.of("fibu-1") is None)
    assert await Leases(store).load(0.0) == []


async def test_a_heartbeat_brings_back_who_answers(watch, now):
    target = await register(watch, now)
    probe(watch, target, ALIVE, 2)
    now.seconds += 40
    probe(watch, target, ALIVE)
    assert target.verdict.cause is Cause.HEARTBEAT_MISSING
    watch.leases.renew(target.lease.lease_id, now())
    watch.reconcile(target)
    assert target.verdict.state is State.UP


async def test_another_nonce_begins_another_life(watch, now):
    target = await register(watch, now)
    probe(watch, target, ALIVE, 2)
    await register(watch, now, nonce="nonce-of-another-life")
    assert target.verdict.state is State.STARTING
    assert target.life.proven is False


async def test_the_observer_never_ends_itself(watch, now):
    watch.control.put("observer-1", Phase.RUNNING, 2**22 + 1)
    await watch.refresh()
    target = watch.roster.find("observer-1")
    probe(watch, target, ALIVE, 2)
    probe(watch, target, SILENT, 5)
    now.seconds += 1000
    watch.reconcile(target)
    assert target.verdict.state is State.DOWN
    assert target.decision.because is Because.NOT_OURS
    assert watch.control.asked == []


async def test_a_silent_supervisor_changes_no_verdict(watch, now):
    watch.control.put("fibu-1", Phase.RUNNING, 4711)
    await watch.refresh()
    target = watch.roster.find("fibu-1")
    probe(watch, target, ALIVE, 2)
    watch.control.away = True
    await watch.refresh()
    assert watch.control_trouble == "no answer"
    assert target.verdict.state is State.UP


async def test_five_deaths_are_one_crash_loop_told_once(watch, now, store):
    for pid in range(100, 107):
        watch.control.put("fibu-1", Phase.RUNNING, pid)
        await watch.refresh()
        now.seconds += 5
    told = await kinds(watch, store)
    assert told.count(Kind.PROCESS_DIED) == 6
    assert told.count(Kind.CRASH_LOOP) == 1
    assert watch.roster.find("fibu-1").ladder.crash_looping


async def test_another_release_is_given_another_chance(watch, now):
    target = await register(watch, now)
    for _ in range(5):
        watch.count_failure(target)
    assert target.ladder.crash_looping
    await register(watch, now, pid=4712)
    assert target.ladder.crash_looping
    await register(watch, now, pid=4713, version="1.0.1")
    assert target.ladder.failures == ()


async def test_a_service_that_signed_off_before_it_ended_did_not_crash(watch, now, store):
    watch.control.put("fibu-1", Phase.RUNNING, 4711)
    await watch.refresh()
    target = await register(watch, now)
    probe(watch, target, ALIVE, 2)
    lease = await watch.leases.leave(target.lease.lease_id)
    watch.left(lease)
    assert (target.verdict.state, target.verdict.cause) == (State.MAINTENANCE, Cause.LEFT)
    watch.control.put("fibu-1", Phase.RUNNING, 4712)
    await watch.refresh()
    told = await kinds(watch, store)
    assert Kind.PROCESS_REPLACED in told
    assert Kind.PROCESS_DIED not in told
    assert target.verdict.state is State.STARTING


async def test_what_was_given_up_is_started_again_and_again_later(watch, now, until):
    watch.control.put("fibu-1", Phase.FATAL)
    await watch.refresh()
    target = watch.roster.find("fibu-1")
    for number in range(1, 5):
        now.seconds += 61
        watch.reconcile(target)
        await until(lambda: not target.healing)
        assert watch.control.asked == [("start", "fibu-1")] * number
    assert len(target.ladder.failures) == 5
    assert target.ladder.crash_looping
    watch.reconcile(target)
    assert target.decision.because is Because.LADDER
    assert target.decision.until == now() + 60


async def test_a_dead_service_waits_for_its_dead_database(watch, now, until):
    watch.control.put("postgres", Phase.FATAL)
    watch.control.put("fibu-1", Phase.FATAL)
    await watch.refresh()
    await watch.refresh()
    await until(lambda: watch.control.asked)
    target = watch.roster.find("fibu-1")
    watch.reconcile(target)
    assert target.decision.because is Because.DEPENDENCY_DOWN
    assert ("start", "fibu-1") not in watch.control.asked
    assert ("start", "postgres") in watch.control.asked


async def test_who_is_taken_out_of_the_supervisor_is_watched_no_more(watch, now):
    watch.control.put("fibu-2", Phase.RUNNING, 4711)
    await watch.refresh()
    assert watch.roster.find("fibu-2") is not None
    watch.control.slots.clear()
    await watch.refresh()
    assert watch.roster.find("fibu-2") is None


async def test_ladders_are_rebuilt_after_a_restart(watch, now):
    watch.control.put("fibu-1", Phase.RUNNING, 4711)
    await watch.refresh()
    watch.remember_failures([("fibu-1", now() - back) for back in (400, 300, 200, 100, 10)])
    assert watch.roster.find("fibu-1").ladder.crash_looping

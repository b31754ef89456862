"""Doing what was decided: evidence first, then the process, then a check that it came back."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import structlog

from valero.observer import evidence
from valero.observer.history import Kind, Severity
from valero.observer.processes import ControlFailed
from valero.observer.remedy import Decision, Deed
from valero.observer.roster import Life, Role, Target
from valero.observer.verdict import Phase, State

if TYPE_CHECKING:
    from valero.observer.watch import Watch

RETURN_SECONDS = 3.0
POLL_SECONDS = 0.1

log = structlog.get_logger(__name__)


async def heal(watch: "Watch", target: Target, decision: Decision) -> None:
    """Carry out `decision`; a refusal of the supervisor becomes an event, not an error."""
    try:
        if decision.deed is Deed.START:
            await _start(watch, target, decision)
        else:
            await _end_hang(watch, target, decision)
    except ControlFailed as error:
        de = f"{target.instance} ließ sich nicht neu starten: {error}"
        en = f"{target.instance} could not be restarted: {error}"
        why = {**decision.why, **_told(decision)}
        watch.record(target, Kind.RESTART_FAILED, Severity.CRITICAL, (de, en), why)
        watch.count_failure(target)
    await watch.refresh()


async def restart_on_request(watch: "Watch", target: Target, asked_by: dict[str, str]) -> None:
    """Restart because a person wants it: no ladder, no budget, and past failures are forgiven."""
    watch.pardon(target)
    why = {"because": "requested", **asked_by}
    try:
        async with _ending(watch, target.life):
            if target.process is not None and target.process.alive:
                await watch.control.signal(target.instance, signal.SIGCONT)
            await watch.control.restart(target.instance)
    except ControlFailed as error:
        de = f"{target.instance} ließ sich nicht neu starten: {error}"
        en = f"{target.instance} could not be restarted: {error}"
        watch.record(target, Kind.RESTART_FAILED, Severity.CRITICAL, (de, en), why)
    else:
        de = f"{target.instance} wurde auf Wunsch von {asked_by['name']} neu gestartet."
        en = f"{target.instance} was restarted at the request of {asked_by['name']}."
        watch.record(target, Kind.RESTARTED, Severity.INFO, (de, en), why)


async def _start(watch: "Watch", target: Target, decision: Decision) -> None:
    await watch.control.start(target.instance)
    _tell_restart(watch, target, decision)
    await watch.refresh()
    if target.process is not None and target.process.phase in {Phase.FATAL, Phase.EXITED}:
        watch.count_failure(target)


async def _end_hang(watch: "Watch", target: Target, decision: Decision) -> None:
    life, pid = target.life, target.pid
    if pid is None:
        return
    log_file = target.process.log_file if target.process else None
    looks = (life.first_look, evidence.look(pid, watch.monotonic()))
    found = await asyncio.to_thread(evidence.collect, pid, log_file, looks)
    if target.life is not life or target.verdict.state is not State.DOWN:
        return  # it was replaced, or it recovered, while we looked
    de = f"{target.instance} hängt (Prozess {pid})."
    en = f"{target.instance} hangs (process {pid})."
    why = {**decision.why, **_told(decision), **found}
    watch.record(target, Kind.HANG_FOUND, Severity.CRITICAL, (de, en), why)
    await watch.control.signal(target.instance, signal.SIGCONT)
    if target.role is Role.INFRASTRUCTURE and await _answers_again(watch, target):
        _tell_resumed(watch, target, decision)
        return
    async with _ending(watch, life):
        await _replace(watch, target, life)
    _tell_restart(watch, target, decision)


@asynccontextmanager
async def _ending(watch: "Watch", life: Life) -> AsyncIterator[None]:
    """While the block ends a life, its end is neither a death nor a reason for another deed."""
    life.ended_by_us = True
    try:
        yield
    finally:
        await watch.refresh()
        life.ended_by_us = False


async def _replace(watch: "Watch", target: Target, life: Life) -> None:
    """End the process and see another in its place; servers may end in their own manner."""
    if target.role is Role.INFRASTRUCTURE:
        await watch.control.restart(target.instance)
        return
    await watch.control.signal(target.instance, signal.SIGKILL)
    if not await _replaced(watch, target, life):
        await watch.control.start(target.instance)


async def _answers_again(watch: "Watch", target: Target) -> bool:
    """Whether a server works again once it was told to continue: no reason to end it then."""
    reading = await watch.ask(target, watch.policy(target).probe.timeout_seconds)
    watch.learn(target, reading)
    return reading.outcome.alive


async def _replaced(watch: "Watch", target: Target, life: Life) -> bool:
    """Wait for the supervisor to put another process in the slot."""
    deadline = watch.monotonic() + RETURN_SECONDS
    while watch.monotonic() < deadline:
        await watch.refresh()
        if target.life is not life:
            return True
        await asyncio.sleep(POLL_SECONDS)
    return False


def _tell_resumed(watch: "Watch", target: Target, decision: Decision) -> None:
    if decision.at is not None:
        watch.budget = watch.budget.give_back(decision.at)
    de = f"{target.instance} arbeitet weiter, seit es fortgesetzt wurde."
    en = f"{target.instance} works again since it was told to continue."
    watch.record(target, Kind.RESUMED, Severity.WARNING, (de, en), _told(decision))


def _tell_restart(watch: "Watch", target: Target, decision: Decision) -> None:
    de = f"{target.instance} wurde vom Observer neu gestartet."
    en = f"{target.instance} was restarted by the Observer."
    why = {**decision.why, **_told(decision), "failures": len(target.ladder.failures)}
    watch.record(target, Kind.RESTARTED, Severity.WARNING, (de, en), why)


def _told(decision: Decision) -> dict[str, str]:
    return {"deed": decision.deed, "because": decision.because}

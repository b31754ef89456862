"""Starting, changing and stopping the whole stack, in the order that its dependencies ask for.

PostgreSQL, Redis, Envoy and what needs no database start at once; provisioning loads while
PostgreSQL starts; each service starts as soon as its schema is migrated. Ready means: every service
says so itself, and the gateway reaches it.
"""

import asyncio
import contextlib
import subprocess
import sys
import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import httpx
import psutil

from valero.cli import (
    credentials,
    embedded,
    health,
    ports,
    programs,
    provisioning,
    revisions,
    supervision,
)
from valero.cli.credentials import Vault
from valero.cli.failure import Failure
from valero.cli.home import Home
from valero.cli.language import text
from valero.cli.programs import Program, Stack
from valero.cli.screen import Reporter, Step
from valero.kit import catalogue
from valero.kit.processes import ProcessRefused, State, Supervisor, SupervisorAway

READY_SECONDS = 120.0
STOP_SECONDS = 3.3
PATIENCE_SECONDS = 1.6
ORPHAN_SECONDS = 0.8
PAUSE_SECONDS = 0.1
TURNS_PER_LOOK_AT_SUPERVISOR = 5

INFRASTRUCTURE = frozenset({"postgres", "redis"})


@dataclass
class Running:
    """A started stack; `troubled` names the processes that did not become ready."""

    stack: Stack
    supervisor: Supervisor
    process: subprocess.Popen[bytes] | None = None
    troubled: list[str] = field(default_factory=list)


def describe(
    home: Home,
    root: Path,
    *,
    offset: int,
    only: Collection[str] = (),
    nonces: Mapping[str, str] | None = None,
) -> Stack:
    """The stack as it should run, with the remembered number of instances. Raises Failure."""
    found = catalogue.load(root / catalogue.FILE, offset=offset)
    services = programs.choose(found, only)
    stack = Stack(home, root, offset, found, services, scale=home.scale())
    slots = [name for name, _entry, _number in stack.instances()]
    return replace(stack, nonces=programs.new_nonces(slots, nonces or {}))


def described(home: Home, root: Path, *, and_also: Collection[str] = ()) -> Stack:
    """The stack as it was last started in this home, nonces included, plus further services."""
    state = home.state()
    only = {*state["services"], *and_also} if "services" in state else set(and_also)
    offset = int(state.get("offset", 0))
    return describe(home, root, offset=offset, only=only, nonces=state.get("nonces"))


def is_running(home: Home) -> bool:
    """Whether supervisord of this home runs."""
    return supervision.find_pid(home) is not None


def all_programs(stack: Stack) -> list[Program]:
    """Every process of the stack, infrastructure first."""
    numbers = stack.catalogue.infrastructure
    found: list[Program] = []
    if "postgres" in stack.infrastructure:
        server = embedded.postgres(stack.home, numbers["postgres"])
        found.append(embedded.postgres_program(stack.home, server))
    if "redis" in stack.infrastructure:
        found.append(embedded.redis_program(stack.home, numbers["redis"]))
    if stack.has_edge:
        found.append(programs.envoy(stack))
    return [*found, *programs.service_programs(stack)]


async def start(stack: Stack, reporter: Reporter, *, detached: bool) -> Running:
    """Start a stack that does not run, and wait until it is ready or READY_SECONDS are over.

    Raises Failure when ports are taken or the infrastructure does not come up; nothing is then
    left running.
    """
    title = text("Ordner, Geheimnisse, Ports", "Folders, secrets, ports")
    new = stack.home.create()
    with stack.home.changing():
        with reporter.step(title) as step:
            ports.check_free(_planned_ports(stack), offset=stack.offset)
            wanted = prepare(stack)
            step.detail(text("neu angelegt", "created") if new else "")
        process = supervision.launch(stack.home, detached=detached)
    running = Running(stack, Supervisor(stack.home.socket), process)
    try:
        with reporter.step(text("Prozesse und Datenbank", "Processes and database")) as step:
            await supervision.wait_until_up(stack.home, process)
            await _start_services(running, wanted, step)
        await wait_until_ready(running, wanted, reporter)
    except BaseException:
        await asyncio.shield(stop(stack.home, process))
        raise
    return running


def prepare(stack: Stack) -> list[Program]:
    """Write what the processes need: secrets, database files, configuration, what runs."""
    numbers, vault = stack.catalogue.infrastructure, Vault(stack.home)
    if "postgres" in stack.infrastructure:
        embedded.initialise(embedded.postgres(stack.home, numbers["postgres"]), vault)
    if "redis" in stack.infrastructure:
        embedded.write_redis_configuration(stack.home, vault, numbers["redis"])
    credentials.write_for_services(vault, stack.catalogue, stack.services)
    wanted = all_programs(stack)
    supervision.write_configuration(stack.home, wanted)
    stack.home.remember_state(
        {
            "offset": stack.offset,
            "services": [entry.name for entry in stack.services],
            "nonces": dict(stack.nonces),
        }
    )
    return wanted


async def change(stack: Stack, reporter: Reporter) -> Running:
    """Make a running stack be as described: start what is new, stop what is no longer in it."""
    running = Running(stack, Supervisor(stack.home.socket))
    there = {process.name for process in await running.supervisor.status()}
    planned = _planned_ports(stack)
    ports.check_free(
        {name: port for name, port in planned.items() if name.partition(",")[0] not in there},
        offset=stack.offset,
    )
    wanted = prepare(stack)
    new = [program for program in wanted if program.name not in there]
    with reporter.step(text("Prozesse anpassen", "Change the processes")) as step:
        await running.supervisor.update()
        await _start_services(running, new, step)
    await wait_until_ready(running, new, reporter)
    return running


async def wait_until_ready(running: Running, wanted: Iterable[Program], reporter: Reporter) -> None:
    """Wait for the services among `wanted`, then for the gateway; what failed is in `troubled`."""
    waiting = {p.name: port for p in wanted if p.service for port in p.ports.values()}
    total = len(waiting)
    deadline = time.monotonic() + READY_SECONDS
    async with health.client() as http:
        with reporter.step(text("Dienste", "Services")) as step:
            turn = 0
            while waiting and time.monotonic() < deadline:
                waiting = await _not_ready(http, waiting)
                step.detail(_progress(total, waiting))
                turn += 1
                if turn % TURNS_PER_LOOK_AT_SUPERVISOR == 0:
                    waiting = await _without_hopeless(running, waiting)
                await asyncio.sleep(PAUSE_SECONDS if waiting else 0)
            running.troubled += waiting
        if running.stack.has_edge:
            with reporter.step("Gateway") as step:
                await _wait_for_routes(running, http, step, deadline)


async def stop(home: Home, process: subprocess.Popen[bytes] | None = None) -> bool:
    """Stop everything of this home within five seconds; False if nothing ran.

    Services and Envoy first and all at once, then the databases. What does not obey in time dies
    with supervisord.
    """
    pid = process.pid if process else supervision.find_pid(home)
    if pid is None:
        return await asyncio.to_thread(_end_orphans, home)
    deadline = time.monotonic() + STOP_SECONDS
    with contextlib.suppress(SupervisorAway, ProcessRefused, TimeoutError):
        async with asyncio.timeout(STOP_SECONDS):
            await _stop_in_order(Supervisor(home.socket))
    orderly = await asyncio.to_thread(_wait_or_kill, pid, process, deadline)
    if not orderly or sys.platform != "linux":
        await asyncio.to_thread(_end_orphans, home)
    return True


async def restart(stack: Stack, names: Collection[str], reporter: Reporter) -> list[str]:
    """Restart processes one after the other, each ready before the next; those that are not."""
    wanted = all_programs(stack)
    chosen = [p for p in wanted if (p.service if not names else {p.name, p.service} & {*names})]
    unknown = set(names) - {name for p in wanted for name in (p.name, p.service)}
    if unknown:
        raise Failure(
            "unknown_process",
            text("Es läuft kein ", "Not running: ") + ", ".join(sorted(unknown)),
            text("Es gibt: ", "There are: ") + ", ".join(p.name for p in wanted),
        )
    running = Running(stack, Supervisor(stack.home.socket))
    async with health.client() as http:
        for program in chosen:
            with reporter.step(program.name):
                await running.supervisor.restart(program.name, wait=False)
                await _wait_for_one(running, http, program)
    return running.troubled


async def migrate(stack: Stack, names: Collection[str], reporter: Reporter) -> None:
    """Bring the schemas up to date; where nothing runs, PostgreSQL is started for just this."""
    owners = [e.name for e in stack.services if e.database and (not names or e.name in names)]
    stack.home.create()
    with stack.home.changing():
        process = None if is_running(stack.home) else _only_postgres(stack)
        try:
            async for progress in provisioning.run(stack.home, stack.root, stack.offset, owners):
                if progress.event != "provisioned":
                    reporter.done(progress.event, progress.service, service=progress.service)
        finally:
            if process is not None:
                await stop(stack.home, process)


def parse_scale(numbers: Iterable[str], known: catalogue.Catalogue) -> dict[str, int]:
    """`fibu=2` as a mapping. Raises Failure for anything else."""
    scale: dict[str, int] = {}
    for part in numbers:
        name, _, count = part.partition("=")
        most = programs.MOST_INSTANCES
        if name not in known.services or not count.isdigit() or not 1 <= int(count) <= most:
            raise Failure(
                "wrong_scale",
                text(f"Nicht verstanden: {part}", f"Not understood: {part}"),
                text(
                    f"So geht es: valero scale fibu=2 (1 bis {most}); es gibt: ",
                    f"Like this: valero scale fibu=2 (1 to {most}); there are: ",
                )
                + ", ".join(known.services),
                exit_code=2,
            )
        scale[name] = int(count)
    return scale


# --- private --------------------------------------------------------------------------------------


def _planned_ports(stack: Stack) -> dict[str, int]:
    """Every port the stack will listen on, by what it is for."""
    numbers = stack.catalogue
    planned = {name: numbers.infrastructure[name] for name in sorted(stack.infrastructure)}
    if stack.has_edge:
        planned |= {f"envoy, {name}": port for name, port in numbers.edge.items()}
    return planned | {name: entry.port_of(number) for name, entry, number in stack.instances()}


def _only_postgres(stack: Stack) -> subprocess.Popen[bytes]:
    number = stack.catalogue.infrastructure["postgres"]
    ports.check_free({"postgres": number}, offset=stack.offset)
    wanted = [program for program in prepare(stack) if program.name == "postgres"]
    supervision.write_configuration(stack.home, wanted)
    return supervision.launch(stack.home, detached=False)


async def _start_services(running: Running, wanted: Sequence[Program], step: Step) -> None:
    """Start services as soon as they can work: with a database after its migration, others now."""
    stack = running.stack
    mine: dict[str, list[str]] = {}
    for program in wanted:
        if program.service:
            mine.setdefault(program.service, []).append(program.name)
    owners = [name for name in mine if stack.catalogue.services[name].database]
    await _start_all(running, [p for name in mine if name not in owners for p in mine[name]])
    if not owners:
        return
    server = revisions.Server(stack.home, stack.catalogue.infrastructure["postgres"])
    current = await revisions.find_current(server, stack.root, owners)
    await _start_all(running, [process for name in current for process in mine[name]])
    behind = [name for name in owners if name not in current]
    if behind:
        async for progress in provisioning.run(stack.home, stack.root, stack.offset, behind):
            step.detail(stack.catalogue.services[progress.service].title)
            if progress.event != "provisioned":
                await _start_all(running, mine[progress.service])
    step.detail(text("migriert: ", "migrated: ") + ", ".join(behind) if behind else "")


async def _start_all(running: Running, names: Iterable[str]) -> None:
    await asyncio.gather(*(running.supervisor.start(name, wait=False) for name in names))


async def _not_ready(http: httpx.AsyncClient, waiting: Mapping[str, int]) -> dict[str, int]:
    answers = await asyncio.gather(*(health.is_ready(http, port) for port in waiting.values()))
    pairs = zip(waiting.items(), answers, strict=True)
    return {name: port for (name, port), ready in pairs if not ready}


async def _without_hopeless(running: Running, waiting: Mapping[str, int]) -> dict[str, int]:
    """Give up on what supervisord has given up on; fail when supervisord itself is gone."""
    if running.process is not None and running.process.poll() is not None:
        raise Failure(
            "supervisor_died",
            text("supervisord ist beendet.", "supervisord has ended."),
            text("Der Grund steht in ", "See ") + str(running.stack.home.supervisor_log),
        )
    states = {process.name: process.state for process in await running.supervisor.status()}
    hopeless = [name for name in waiting if states.get(name) == State.FATAL]
    running.troubled += hopeless
    return {name: port for name, port in waiting.items() if name not in hopeless}


def _progress(total: int, waiting: Collection[str]) -> str:
    done = text(f"{total - len(waiting)} von {total}", f"{total - len(waiting)} of {total}")
    if not waiting:
        return done
    return done + text(", es fehlen ", ", missing ") + ", ".join(waiting)


async def _wait_for_one(running: Running, http: httpx.AsyncClient, program: Program) -> None:
    deadline = time.monotonic() + READY_SECONDS
    port = next(iter(program.ports.values()))
    while time.monotonic() < deadline:
        ready = await (health.is_ready(http, port) if program.service else health.accepts(port))
        if ready:
            return
        await asyncio.sleep(PAUSE_SECONDS)
    running.troubled.append(program.name)


async def _wait_for_routes(
    running: Running, http: httpx.AsyncClient, step: Step, deadline: float
) -> None:
    """Until the gateway reaches every service that is ready itself."""
    given_up = {name.rpartition("-")[0] for name in running.troubled}
    missing = [""]
    while missing and time.monotonic() < deadline:
        missing = [n for n in await health.missing_routes(http, running.stack) if n not in given_up]
        step.detail(text("wartet auf ", "waits for ") + ", ".join(missing) if missing else "")
        await asyncio.sleep(PAUSE_SECONDS if missing else 0)
    if missing:
        running.troubled.append("envoy")


async def _stop_in_order(supervisor: Supervisor) -> None:
    names = [process.name for process in await supervisor.status() if process.running]
    await _stop_all(supervisor, [name for name in names if name not in INFRASTRUCTURE])
    await _stop_all(supervisor, [name for name in names if name in INFRASTRUCTURE])
    await supervisor.shutdown()


async def _stop_all(supervisor: Supervisor, names: Collection[str]) -> None:
    """Stop at the same time; kill what has not ended after PATIENCE_SECONDS."""
    stopping = asyncio.gather(*(supervisor.stop(name) for name in names))
    done, _pending = await asyncio.wait({stopping}, timeout=PATIENCE_SECONDS)
    if not done:
        for process in await supervisor.status():
            if process.running and process.name in names:
                await supervisor.signal(process.name, "KILL")
    await stopping


def _wait_or_kill(pid: int, process: subprocess.Popen[bytes] | None, deadline: float) -> bool:
    """Wait for supervisord; past the deadline kill it, and with it all that follow it in death.

    True if it ended by itself after its processes had.
    """
    remaining = max(0.1, deadline - time.monotonic())
    try:
        if process is not None:
            return process.wait(remaining) == 0
        psutil.Process(pid).wait(remaining)
    except psutil.NoSuchProcess:
        return True
    except (subprocess.TimeoutExpired, psutil.TimeoutExpired):
        supervision.kill(pid)
        if process is not None:
            process.wait()
        return False
    return True


def _end_orphans(home: Home) -> bool:
    orphans = supervision.find_orphans(home)
    supervision.end_processes(orphans, seconds=ORPHAN_SECONDS)
    return bool(orphans)

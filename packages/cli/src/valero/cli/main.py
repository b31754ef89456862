"""The `valero` command: one function per subcommand, each a few lines over the module that does it.

Texts are German, or English where LANG or VALERO_LANG asks for it; `--json` has English keys. Exit
codes: 0 done, 1 failed (with a remedy on standard error), 2 wrong usage, 3 runs but not all is
well or nothing runs, 130 interrupted.
"""

import asyncio
import io
import os
import sys
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from valero.cli import findings, logs, ports, screen, stack, status, up
from valero.cli.failure import Failure
from valero.cli.home import Home
from valero.cli.language import text
from valero.cli.screen import err, out
from valero.kit import catalogue
from valero.kit.processes import Supervisor, SupervisorAway

NOT_RUNNING = 3

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help=text("VALERO NeuroERP starten und betreiben.", "Start and operate VALERO NeuroERP."),
)

HomeOption = Annotated[
    Path | None,
    typer.Option(
        "--home",
        envvar="VALERO_HOME",
        show_envvar=False,
        help=text("Ordner für Daten und Protokolle (.valero)", "Folder of data and logs (.valero)"),
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help=text("Ausgabe als JSON", "JSON output"))]
NamesArgument = Annotated[
    list[str] | None, typer.Argument(help=text("Dienste oder Prozesse", "Services or processes"))
]


@app.command("up", help=text("Alles starten; Strg-C beendet alles.", "Start all; Ctrl-C ends all."))
def start(
    detach: Annotated[
        bool,
        typer.Option("--detach", "-d", help=text("im Hintergrund", "in the background")),
    ] = False,
    offset: Annotated[
        int | None,
        typer.Option(help=text("verschiebt alle Ports", "moves all ports"), min=0, max=49000),
    ] = None,
    only: Annotated[
        str,
        typer.Option(
            help=text("nur diese Dienste (a,b) und was sie brauchen", "only these and their needs")
        ),
    ] = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Start the stack, or tell what of it runs."""
    place, root = _home(home), _root()
    names = [name.strip() for name in only.split(",") if name.strip()]
    manner = up.Manner(detached=detach, as_json=as_json)
    if stack.is_running(place):
        _check_same_offset(place, offset)
        raise typer.Exit(asyncio.run(up.join(place, root, names, manner)))
    wanted = stack.describe(place, root, offset=offset or 0, only=names)
    raise typer.Exit(asyncio.run(up.up(wanted, manner)))


@app.command(help=text("Alles beenden.", "Stop everything."))
def down(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Stop the stack of this home."""
    started = time.monotonic()
    stopped = asyncio.run(stack.stop(_home(home)))
    seconds = time.monotonic() - started
    if as_json:
        screen.print_json({"stopped": stopped, "seconds": round(seconds, 2)})
    elif stopped:
        out.print(text(f"✓ Beendet in {seconds:.1f} s.", f"✓ Stopped in {seconds:.1f} s."))
    else:
        out.print(text("Es lief nichts.", "Nothing was running."))


@app.command("status", help=text("Was läuft und wie es ihm geht.", "What runs and how it is."))
def show_status(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Every process with its state, port, age, use of the machine, and health."""
    place = _running(_home(home))
    described = stack.described(place, _root())
    wanted = stack.all_programs(described)
    rows = asyncio.run(status.look(Supervisor(place.socket), wanted))
    if as_json:
        total = sum(row.memory for row in rows)
        document = {"home": str(place.path), "offset": described.offset, "memory_pss_bytes": total}
        screen.print_json({**document, "processes": [row.as_json() for row in rows]})
    else:
        out.print(status.table(rows) if out.is_terminal else status.plain(rows))
    raise typer.Exit(0 if all(row.is_well for row in rows) else NOT_RUNNING)


@app.command("logs", help=text("Protokolle zeigen.", "Show logs."))
def show_logs(
    names: NamesArgument = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help=text("weiter mitlesen", "keep reading"))
    ] = False,
    lines: Annotated[
        int, typer.Option("--lines", "-n", min=0, help=text("Zeilen je Prozess", "lines of each"))
    ] = 20,
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """The end of the logs, and with -f what is written from now on."""
    chosen = logs.files(_home(home), names or [])
    several = len(chosen) > 1
    for line in logs.last_lines(chosen, lines):
        _print_line(line, several=several, as_json=as_json)
    if follow:
        for line in logs.follow(chosen):
            _print_line(line, several=several, as_json=as_json)


@app.command(help=text("Dienste neu starten, einen nach dem anderen.", "Restart services."))
def restart(
    names: NamesArgument = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Restart the named services or processes, all services without a name."""
    place = _running(_home(home))
    reporter = screen.reporter(as_json=as_json)
    described = stack.described(place, _root())
    troubled = asyncio.run(stack.restart(described, names or [], reporter))
    raise typer.Exit(up.TROUBLED if troubled else 0)


@app.command(
    help=text("Instanzen je Dienst: valero scale fibu=2", "Instances: valero scale fibu=2")
)
def scale(
    numbers: Annotated[list[str], typer.Argument(metavar="NAME=N ...")],
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Set the number of instances of services, now and for later starts."""
    place, root = _home(home), _root()
    place.create()
    wanted = stack.parse_scale(numbers, catalogue.load(root / catalogue.FILE, offset=0))
    with place.changing():
        place.remember_scale(place.scale() | wanted)
        reporter = screen.reporter(as_json=as_json)
        if not stack.is_running(place):
            reporter.done("scaled", text("Gilt ab dem nächsten Start.", "Applies from next start."))
            return
        running = asyncio.run(stack.change(stack.described(place, root), reporter))
    raise typer.Exit(up.TROUBLED if running.troubled else 0)


@app.command(help=text("Datenbankschemas aktualisieren.", "Bring the schemas up to date."))
def migrate(
    names: NamesArgument = None, home: HomeOption = None, as_json: JsonOption = False
) -> None:
    """Migrate while the stack runs, or with a PostgreSQL started only for this."""
    place, root = _home(home), _root()
    reporter = screen.reporter(as_json=as_json)
    if stack.is_running(place):
        described = stack.described(place, root)
    else:
        described = stack.describe(place, root, offset=_room_for_postgres(root), only=names or ())
    asyncio.run(stack.migrate(described, names or [], reporter))


@app.command(
    help=text("Prüfen, ob alles Nötige da ist.", "Check that all that is needed is there.")
)
def doctor(home: HomeOption = None, as_json: JsonOption = False) -> None:
    """Examine Python, packages, ports, disk, secrets; each finding with its remedy."""
    from valero.cli import doctor as examination

    place, root = _home(home), _root()
    offset = int(place.state().get("offset", 0)) if stack.is_running(place) else 0
    found = catalogue.load(root / catalogue.FILE, offset=offset)
    patient = examination.Patient(home=place, root=root, catalogue=found)
    _report(examination.examine(patient), as_json=as_json)


@app.command(help=text("Das laufende System durchprüfen.", "Verify the running system."))
def verify(
    email: Annotated[
        str, typer.Option(help=text("Anmeldung für die Probebuchung", "sign-in for a test entry"))
    ] = "",
    password: Annotated[
        str,
        typer.Option(
            envvar="VALERO_VERIFY_PASSWORD", help=text("sonst wird gefragt", "asked otherwise")
        ),
    ] = "",
    home: HomeOption = None,
    as_json: JsonOption = False,
) -> None:
    """System health, database connections, API, and with a sign-in one invoice from end to end."""
    from valero.cli import verify as verification
    from valero.cli.journey import SignIn

    place = _running(_home(home))
    if email and not password:
        password = typer.prompt(text("Kennwort", "Password"), hide_input=True, err=True)
    sign_in = SignIn(email, password) if email else None
    described = stack.described(place, _root())
    with asyncio.Runner() as runner:
        checks = verification.verify(described, sign_in)

        def one_by_one() -> Iterator[findings.Finding]:
            while (found := runner.run(_next(checks))) is not None:
                yield found

        _report(one_by_one(), as_json=as_json)


@app.command("check", help=text("Dateien prüfen, etwa E-Rechnungen.", "Check files: e-invoices."))
def check_files(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...")], as_json: JsonOption = False
) -> None:
    """Kind, verdict and findings of each file; exits with 1 for findings, 2 for unreadable."""
    from valero.cli import check as checking

    raise typer.Exit(checking.check(files, as_json=as_json))


@app.command("new-service", help=text("Einen neuen Dienst anlegen.", "Create a new service."))
def new_service(
    name: Annotated[str, typer.Argument(help=text("klein geschrieben", "lower case"))],
    title: Annotated[
        str, typer.Option(help=text("deutscher Name für Menschen", "German name for people"))
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Render services/NAME from the template and register it."""
    from valero.cli import new_service as rendering

    written = rendering.create(_root(), name, title=title or name.capitalize())
    if as_json:
        screen.print_json({"service": name, "files": [str(path) for path in written]})
        return
    for path in written:
        out.print(f"  [green]✓[/] {escape(str(path))}")
    out.print(text("\nWeiter mit:", "\nNext:"))
    out.print("  python3.11 tools/bootstrap.py --dev && valero up")


def main() -> None:
    """Entry point: a Failure becomes a sentence and an exit code, never a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a terminal without ✓ shows ?
    try:
        app()
    except (Failure, catalogue.CatalogueMissing, SupervisorAway) as error:
        failure = _explain(error)
        screen.print_failure(failure, as_json="--json" in sys.argv)
        sys.exit(failure.exit_code)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)


# --- private --------------------------------------------------------------------------------------


def _explain(error: Exception) -> Failure:
    """What kit's errors mean to who typed a command."""
    if isinstance(error, Failure):
        return error
    if isinstance(error, SupervisorAway):
        words = text("supervisord antwortet nicht mehr.", "supervisord no longer answers.")
        return Failure("supervisor_away", words, "valero down", facts={"detail": str(error)})
    missing = text(
        "services.toml nicht gefunden. Bitte im Projektordner aufrufen.",
        "services.toml not found. Please call this in the project's folder.",
    )
    return Failure("no_workspace", missing, "VALERO_ROOT=...")


def _root() -> Path:
    root = catalogue.root()
    if not (root / catalogue.FILE).is_file():
        raise catalogue.CatalogueMissing(str(root))
    return root


def _home(given: Path | None) -> Home:
    return Home((given or _root() / ".valero").expanduser().absolute())


def _running(home: Home) -> Home:
    if not stack.is_running(home):
        raise Failure(
            "not_running",
            text(f"In {home.path} läuft nichts.", f"Nothing runs in {home.path}."),
            "valero up",
            exit_code=NOT_RUNNING,
        )
    return home


def _room_for_postgres(root: Path) -> int:
    """An offset at which a PostgreSQL can be started beside whatever runs."""
    port = catalogue.load(root / catalogue.FILE, offset=0).infrastructure["postgres"]
    return 0 if ports.is_free(port) else ports.free_offset([port])


def _check_same_offset(home: Home, offset: int | None) -> None:
    runs_with = int(home.state().get("offset", 0))
    if offset is not None and offset != runs_with:
        raise Failure(
            "runs_with_other_offset",
            text(
                f"{home.path} läuft bereits mit --offset {runs_with}.",
                f"{home.path} already runs with --offset {runs_with}.",
            ),
            text(
                "Erst valero down, oder für einen zweiten Stack ein eigenes --home angeben.",
                "First valero down, or give a second stack a --home of its own.",
            ),
        )


async def _next(checks: AsyncIterator[findings.Finding]) -> findings.Finding | None:
    return await anext(checks, None)


def _print_line(line: logs.Line, *, several: bool, as_json: bool) -> None:
    if as_json:
        screen.print_json({"process": line.process, **(line.parsed() or {"text": line.raw})})
        return
    style = logs.LEVELS.get(line.level, "")
    before = f"[cyan]{line.process:<12}[/] " if several else ""
    words = escape(line.readable())
    out.print(before + (f"[{style}]{words}[/]" if style else words))


def _report(found: Iterator[findings.Finding], *, as_json: bool) -> None:
    """Print findings as they are made; exit 1 if one of them failed."""
    all_of_them: list[findings.Finding] = []
    group = ""
    for finding in found:
        all_of_them.append(finding)
        if as_json:
            continue
        if finding.group != group:
            group = finding.group
            out.print(f"\n[bold]{escape(group)}[/]")
        findings.print_one(finding)
    well = findings.is_well(all_of_them)
    if as_json:
        listed = [finding.as_json() for finding in all_of_them]
        screen.print_json({"ok": well, "findings": listed})
    else:
        findings.print_verdict(all_of_them)
    err.file.flush()
    raise typer.Exit(0 if well else 1)


if __name__ == "__main__":
    main()

"""What an event says to people: German first, English second."""

from valero.observer.history import Severity
from valero.observer.verdict import Cause, State

STATES: dict[State, tuple[str, str]] = {
    State.STARTING: ("startet", "is starting"),
    State.UP: ("läuft", "is up"),
    State.SUSPECT: ("ist auffällig", "is suspect"),
    State.DOWN: ("ist ausgefallen", "is down"),
    State.GONE: ("wird nicht mehr geführt", "is forgotten"),
    State.IMPOSTOR: ("wird von einem fremden Prozess beantwortet", "is answered by an impostor"),
    State.MAINTENANCE: ("ist angehalten", "is stopped on purpose"),
}

CAUSES: dict[Cause, tuple[str, str]] = {
    Cause.READY: ("antwortet und ist bereit", "answers and is ready"),
    Cause.BOOTING: ("fährt hoch", "is booting"),
    Cause.WAITING_TO_START: ("wurde noch nicht gestartet", "has not been started yet"),
    Cause.PROBE_FAILED: ("hat zuletzt nicht geantwortet", "did not answer the last probe"),
    Cause.SLOW: ("arbeitet, antwortet aber zu langsam", "works, but answers too slowly"),
    Cause.UNREADY: ("antwortet, ist aber nicht bereit", "answers, but is not ready"),
    Cause.RULE_BROKEN: ("eine fachliche Regel ist verletzt", "a business rule does not hold"),
    Cause.HEARTBEAT_MISSING: (
        "antwortet, meldet sich aber nicht mehr von selbst",
        "answers, but sends no heartbeat",
    ),
    Cause.RELOADED: ("Anmeldung aus der Zeit vor dem Neustart", "registered before our restart"),
    Cause.UNRESPONSIVE: ("antwortet nicht mehr", "does not answer any more"),
    Cause.NEVER_READY: ("hat seit dem Start nie geantwortet", "has not answered since its start"),
    Cause.EXITED: ("der Prozess ist beendet", "the process has ended"),
    Cause.RETRYING: ("der Start misslingt, neuer Versuch", "the start fails, trying again"),
    Cause.GAVE_UP: ("der Start ist mehrfach misslungen", "the start failed repeatedly"),
    Cause.LEASE_EXPIRED: ("die Anmeldung ist abgelaufen", "the lease has expired"),
    Cause.STOPPED: ("wurde angehalten", "was stopped"),
    Cause.LEFT: ("hat sich abgemeldet", "has signed off"),
    Cause.FOREIGN_ANSWER: (
        "auf seinem Port antwortet ein fremder Prozess",
        "a foreign process answers on its port",
    ),
    Cause.FORGOTTEN: ("war zu lange fort", "has been away too long"),
}

SEVERITIES: dict[State, Severity] = {
    State.DOWN: Severity.CRITICAL,
    State.IMPOSTOR: Severity.CRITICAL,
    State.SUSPECT: Severity.WARNING,
}

MEASURES: dict[str, tuple[str, str, str]] = {
    "p95_ms": ("Antwortzeit (95 %)", "response time (p95)", "ms"),
    "cpu_percent": ("Prozessorlast", "processor load", "%"),
    "memory_mb": ("Arbeitsspeicher", "memory", "MiB"),
    "error_ratio": ("Fehleranteil", "share of errors", ""),
}


def changed(instance: str, state: State, cause: Cause) -> tuple[str, str]:
    """The sentence for a change of state."""
    state_de, state_en = STATES[state]
    cause_de, cause_en = CAUSES[cause]
    return f"{instance} {state_de}: {cause_de}.", f"{instance} {state_en}: {cause_en}."


def severity(state: State) -> Severity:
    """How loudly a change to `state` is shown."""
    return SEVERITIES.get(state, Severity.INFO)


def measured(instance: str, measure: str, value: float, limit: float) -> tuple[str, str]:
    """The sentence for a threshold: which measure stands where."""
    de, en, unit = MEASURES[measure]
    found, allowed = f"{value:.4g} {unit}".strip(), f"{limit:g} {unit}".strip()
    return (
        f"{instance}: {de} {found} (Grenze {allowed})".replace(".", ","),
        f"{instance}: {en} {found} (limit {allowed})",
    )

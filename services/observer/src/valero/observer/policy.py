"""What `observer_config.json` may say: thresholds, probing and restart rules, as frozen data.

Numbers that judge a service (thresholds) have no default here; they stand in the file alone.
"""

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Seconds = Annotated[float, Field(gt=0, le=86_400)]
Endpoint = Annotated[str, Field(pattern=r"^(GET|POST|PUT|PATCH|DELETE) /\S*$")]
ServiceName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class Part(BaseModel):
    """One object of the file: unknown keys are mistakes, not comments."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Quorum(Part):
    """`at_least` of the last `of` probes decide."""

    at_least: int = Field(ge=1, le=20)
    of: int = Field(ge=1, le=20)

    @model_validator(mode="after")
    def _within(self) -> Self:
        if self.at_least > self.of:
            raise ValueError(f"at_least ({self.at_least}) must not exceed of ({self.of})")
        return self


class Probing(Part):
    """How an instance is asked, and how many answers change the verdict."""

    interval_seconds: Seconds = 1.5
    retry_seconds: Seconds = Field(0.25, description="Pause before the next probe after a failure.")
    timeout_seconds: Seconds = Field(1.0, description="Hard deadline of one probe.")
    start_seconds: Seconds = Field(30.0, description="How long a new process may take to answer.")
    blocked_seconds: Seconds = Field(4.0, description="Patience with one that makes no step.")
    busy_seconds: Seconds = Field(30.0, description="Patience with one that works, or is deaf.")
    fail: Quorum = Quorum(at_least=3, of=5)
    recover: Quorum = Quorum(at_least=2, of=2)

    @model_validator(mode="after")
    def _deadline_within_interval(self) -> Self:
        if self.timeout_seconds >= self.interval_seconds:
            raise ValueError(
                f"probe.timeout_seconds ({self.timeout_seconds}) must be smaller than "
                f"probe.interval_seconds ({self.interval_seconds}), or probes overtake each other"
            )
        return self


class Thresholds(Part):
    """Limits of one service; what a service leaves out comes from `defaults`."""

    p95_ms: float | None = Field(None, gt=0, description="95th percentile of requests, ms.")
    cpu_percent: float | None = Field(None, gt=0, description="Percent of one core.")
    memory_mb: float | None = Field(None, gt=0, description="Memory of its own (USS), MiB.")
    error_ratio: float | None = Field(None, gt=0, le=1, description="Share of answers with 5xx.")
    for_seconds: float = Field(60.0, ge=0, description="How long a breach must last.")
    leave_ratio: float = Field(0.9, gt=0, le=1, description="A breach ends below limit * ratio.")
    min_requests: int = Field(30, ge=1, description="Fewer requests than this prove nothing.")

    def limits(self) -> dict[str, float]:
        """The limits that are set, by the name of their measure."""
        named = {
            "p95_ms": self.p95_ms,
            "cpu_percent": self.cpu_percent,
            "memory_mb": self.memory_mb,
            "error_ratio": self.error_ratio,
        }
        return {measure: limit for measure, limit in named.items() if limit is not None}


class Restarting(Part):
    """The ladder of restarts of one service."""

    enabled: bool = True
    first_delay_seconds: Seconds = 0.5
    factor: float = Field(2.0, ge=1, le=10)
    longest_delay_seconds: Seconds = 60.0
    crash_loop_after: int = Field(5, ge=2, le=100)
    crash_loop_window_seconds: Seconds = 600.0
    crash_loop_longest_seconds: Seconds = 300.0
    reset_after_ready_seconds: Seconds = 600.0
    exited_seconds: Seconds = Field(2.0, description="What supervisord gets to restart an exit.")


class Policy(Part):
    """Everything the Observer holds against one service."""

    critical_endpoints: tuple[Endpoint, ...] = ()
    thresholds: Thresholds = Thresholds()
    probe: Probing = Probing()
    restart: Restarting = Restarting()
    depends_on: tuple[ServiceName, ...] = Field(
        (), description="Dependencies beyond those of services.toml."
    )


class Leasing(Part):
    """How long a registration lives without a heartbeat."""

    ttl_seconds: Seconds = 30.0
    heartbeat_interval_seconds: Seconds = 10.0
    late_seconds: Seconds = Field(15.0, description="Age of a heartbeat that counts as missed.")
    forget_seconds: float = Field(86_400.0, gt=0, description="When a lost instance is forgotten.")

    @model_validator(mode="after")
    def _room_for_misses(self) -> Self:
        if not self.heartbeat_interval_seconds < self.late_seconds < self.ttl_seconds:
            raise ValueError("heartbeat_interval_seconds < late_seconds < ttl_seconds must hold")
        return self


class Keeping(Part):
    """What is kept on disk, and how much at most."""

    sample_seconds: Seconds = 5.0
    sample_hours: float = Field(24.0, gt=0, le=24 * 31)
    event_days: float = Field(400.0, gt=0, le=3660)
    max_megabytes: int = Field(256, ge=1, le=100_000)


class OwnRules(Part):
    """What concerns the Observer as a whole."""

    lease: Leasing = Leasing()
    keep: Keeping = Keeping()
    restarts_per_minute: int = Field(3, ge=1, le=600, description="Budget over all services.")


class ConfigFile(BaseModel):
    """`observer_config.json`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    schema_: str | None = Field(None, alias="$schema")
    observer: OwnRules = OwnRules()
    defaults: Policy
    services: dict[ServiceName, Policy]

    @model_validator(mode="after")
    def _limits_complete(self) -> Self:
        missing = {"p95_ms", "cpu_percent", "memory_mb", "error_ratio"} - set(
            self.defaults.thresholds.limits()
        )
        if missing:
            raise ValueError(f"defaults.thresholds lacks {', '.join(sorted(missing))}")
        for name in self.services:
            self.policy(name)
        return self

    def policy(self, service: str) -> Policy:
        """The rules of `service`: its own entry laid over the defaults."""
        own = self.services.get(service)
        if own is None:
            return self.defaults
        base: dict[str, Any] = self.defaults.model_dump(exclude_unset=True)
        return Policy.model_validate(_over(base, own.model_dump(exclude_unset=True)))


def _over(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    merged = dict(base)
    for key, value in own.items():
        below = merged.get(key)
        if isinstance(value, dict) and isinstance(below, dict):
            merged[key] = _over(below, value)
        else:
            merged[key] = value
    return merged

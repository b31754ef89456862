"""Structured logs: one JSON object per line on standard output, for our code and for libraries."""

import logging
import sys

import structlog

CHATTY = ("httpx", "httpcore")
"""Libraries that report every request at INFO: with heartbeats and probes, many a second."""


def configure(service: str, *, instance: str = "", level: str = "INFO") -> None:
    """Send every log record of this process to standard output as JSON lines.

    Libraries that use `logging` go through the same renderer: one shape, whoever wrote it.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
        _name_process(service, instance),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    output = logging.StreamHandler(sys.stdout)
    output.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(
                    # without local variables, which hold personal data and secrets
                    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
                ),
                structlog.processors.EventRenamer("event"),
                structlog.processors.JSONRenderer(default=str, ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [output]
    root.setLevel(level)
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel(logging.WARNING)


def _name_process(service: str, instance: str) -> structlog.typing.Processor:
    def add(
        _logger: structlog.typing.WrappedLogger,
        _method: str,
        event: structlog.typing.EventDict,
    ) -> structlog.typing.EventDict:
        event["service"] = service
        event["instance"] = instance
        return event

    return add

"""Logs are one line an event, for people on a terminal or as JSON for machines; never an address or a name."""

import logging
import sys

import structlog

from kernel.runtime.settings import Settings


def configure(settings: Settings) -> None:
    """Send structlog's and the libraries' logs to standard error in the chosen form."""
    level = getattr(logging, settings.log_level.upper())
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    last = (
        structlog.processors.JSONRenderer()
        if settings.log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_standard_error,
        cache_logger_on_first_use=False,
    )
    logging.basicConfig(
        level=max(level, logging.WARNING), stream=sys.stderr, format="%(levelname)s %(name)s %(message)s"
    )
    for noisy in ("nats.aio.client", "faststream", "scrapy", "uvicorn.error", "alembic"):
        logging.getLogger(noisy).setLevel(logging.ERROR)


def _standard_error(*_: object) -> structlog.WriteLogger:
    """Standard error as it is now, not as it was when logs were configured: it may have been replaced since."""
    return structlog.WriteLogger(sys.stderr)

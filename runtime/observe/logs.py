"""Structured logs: one line an event on standard error, our own and the libraries' alike."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

import structlog

from reviews.text import clean_text, escape_controls
from runtime.observe.log_redaction import LogRedaction
from runtime.observe.output import unwrap_stream
from runtime.observe.repeated_lines import RateLimitedHandler
from runtime.settings.setting_kinds import LogFormat

if TYPE_CHECKING:
    from collections.abc import Callable, MutableMapping

    from structlog.typing import EventDict, Processor

    from runtime.settings.settings import Settings

    ErrorReport = Callable[[BaseException, str], None]

# These loggers write by themselves unless they have a handler.
_SELF_CONFIGURED_LOGGERS = ("_granian", "granian.access")


def prepare(settings: Settings) -> None:
    """Set up logging for a long-running process; defects are reported to SENTRY_DSN if it is set."""
    report = None
    if settings.sentry_dsn.get_secret_value():
        from runtime.observe import sentry  # noqa: PLC0415 - most installations have none, and it takes its time

        report = sentry.start(settings)
    configure(settings.log_level, settings.log_format, LogRedaction(settings.secrets), report)


def configure(
    level: str = "info",
    log_format: LogFormat | None = None,
    redaction: LogRedaction | None = None,
    report: ErrorReport | None = None,
) -> None:
    """Set up logging for a process. Libraries log from WARNING up.

    Bolt would otherwise log the signature and the whole body of every request that it refuses; urllib3 warns
    of odd responses with the address, and an address of Workflows is a secret.
    """
    log_format = log_format or (LogFormat.CONSOLE if sys.stderr.isatty() else LogFormat.JSON)
    processors: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        *_list_exception_processors(log_format),
        _RedactionProcessor(redaction or LogRedaction(), is_console=log_format is LogFormat.CONSOLE),
    ]
    renderer = _build_renderer(log_format)
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(level),
        processors=[*([_Reporting(report)] if report else []), *processors, renderer],
        logger_factory=structlog.WriteLoggerFactory(unwrap_stream(sys.stderr)),
        cache_logger_on_first_use=True,
    )
    _route_library_logs([structlog.stdlib.add_logger_name, *processors], renderer)


def silence_library(name: str) -> None:
    """Keep a library's own log from a command that reports its failures itself."""
    logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _route_library_logs(processors: list[Processor], renderer: Processor) -> None:
    handler = RateLimitedHandler()
    handler.setStream(unwrap_stream(sys.stderr))
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=processors,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.setLevel(logging.WARNING)
    for old_handler in [each for each in root.handlers if isinstance(each, RateLimitedHandler)]:
        root.removeHandler(old_handler)
        old_handler.close()
    root.addHandler(handler)
    for name in _SELF_CONFIGURED_LOGGERS:
        library = logging.getLogger(name)
        library.handlers[:], library.propagate = [logging.NullHandler()], True
    logging.getLogger("urllib3").setLevel(logging.ERROR)


def _list_exception_processors(log_format: LogFormat) -> list[Processor]:
    """Return the processors for exceptions, without local variables: they hold tokens and bodies."""
    if log_format is LogFormat.CONSOLE:
        return [structlog.processors.format_exc_info]
    transformer = structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
    return [structlog.processors.ExceptionRenderer(transformer)]


def _build_renderer(log_format: LogFormat) -> Processor:
    if log_format is LogFormat.JSON:
        return _Escaping(structlog.processors.JSONRenderer(ensure_ascii=False))
    if sys.stderr.isatty():
        return structlog.dev.ConsoleRenderer(colors=True)  # the values it colours were redacted
    return _Escaping(structlog.dev.ConsoleRenderer(colors=False))


class _Escaping:
    """Renderer that escapes control characters and marks of text direction in a rendered line."""

    def __init__(self, renderer: Processor) -> None:
        self._renderer = renderer

    def __call__(self, logger: Any, name: str, event_dict: EventDict) -> str:
        return escape_controls(str(self._renderer(logger, name, event_dict)))


class _RedactionProcessor:
    """Processor that redacts secrets in all values; for a terminal, also what would move its cursor."""

    def __init__(self, redaction: LogRedaction, *, is_console: bool) -> None:
        self._redaction, self._is_console = redaction, is_console

    def __call__(self, _logger: Any, _name: str, event_dict: EventDict) -> EventDict:
        redacted: MutableMapping[str, Any] = {}
        for key, value in event_dict.items():
            redacted[key] = value if key.startswith("_") else self._redact(key, value)
        return redacted

    def _redact(self, key: str, value: Any) -> Any:
        redacted_value = self._redaction.redact_value(value)
        if self._is_console and isinstance(redacted_value, str):
            return "\n".join(
                map(_replace_unprintable if key == "exception" else clean_text, redacted_value.splitlines())
            )
        return redacted_value


def _replace_unprintable(line: str) -> str:
    return "".join(character if character.isprintable() else " " for character in line)


class _Reporting:
    """Processor that reports the exception of each logged error: the process edges log what they catch."""

    def __init__(self, report: ErrorReport) -> None:
        self._report = report

    def __call__(self, _logger: Any, name: str, event_dict: EventDict) -> EventDict:
        error = _find_exception(event_dict.get("exc_info"))
        if error is not None and name in {"error", "exception", "critical"}:
            self._report(error, str(event_dict.get("event", "")))
        return event_dict


def _find_exception(exc_info: Any) -> BaseException | None:
    if isinstance(exc_info, BaseException):
        return exc_info
    if isinstance(exc_info, tuple):
        return exc_info[1] if isinstance(exc_info[1], BaseException) else None
    return sys.exc_info()[1] if exc_info else None

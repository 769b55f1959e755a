"""Reports of defects to Sentry, if configured: what was raised where, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sentry_sdk
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.integrations.dedupe import DedupeIntegration
from sentry_sdk.integrations.excepthook import ExcepthookIntegration
from sentry_sdk.integrations.threading import ThreadingIntegration
from sentry_sdk.utils import BadDsn

from runtime.observe.log_redaction import LogRedaction
from runtime.settings.settings import UnusableSettings
from runtime.settings.version import read_version

if TYPE_CHECKING:
    from collections.abc import Callable

    from sentry_sdk.types import Event, Hint

    from runtime.settings.settings import Settings

END_SECONDS = 2


def start(settings: Settings) -> Callable[[BaseException, str], None]:
    """Return a function that reports an exception with the name of its log line.

    No data of requests, no local variables and no log lines are sent: they hold untrusted texts, people's
    addresses and tokens. Secrets in messages are redacted as in the log, and addresses shortened.
    """
    redaction = LogRedaction(settings.secrets, people=True)

    def redact_event(event: Event, _hint: Hint) -> Event:
        event.pop("server_name", None)
        event.pop("breadcrumbs", None)
        event.pop("extra", None)  # the command line
        redacted: Any = redaction.redact_value(event)
        return redacted  # type: ignore[no-any-return]

    try:
        sentry_sdk.init(
            dsn=settings.sentry_dsn.get_secret_value(),
            release=f"docspace-review@{read_version()}",
            before_send=redact_event,
            # No personal data is sent by default; the option that used to say so warns of its age.
            include_local_variables=False,
            max_request_body_size="never",
            max_breadcrumbs=0,
            default_integrations=False,
            auto_enabling_integrations=False,
            auto_session_tracking=False,
            send_client_reports=False,
            shutdown_timeout=END_SECONDS,
            integrations=[
                AtexitIntegration(callback=lambda _pending, _timeout: None),
                DedupeIntegration(),
                ExcepthookIntegration(),
                ThreadingIntegration(propagate_scope=False),
            ],
        )
    except BadDsn as error:
        raise UnusableSettings("SENTRY_DSN is no address of a project in Sentry: copy it anew") from error
    return _report


def _report(error: BaseException, line: str) -> None:
    with sentry_sdk.new_scope() as scope:
        scope.set_tag("line", line)
        scope.capture_exception(error)

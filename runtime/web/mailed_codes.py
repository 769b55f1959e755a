"""The mailed codes of this installation: the mail server, and the jobs after a response."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from werkzeug.security import check_password_hash, generate_password_hash

from notifiers.shared.smtp import SmtpMailer
from pages.code_mail import SmtpCodeMail
from reviews.people.code_mail import MonitoredCodeMailer
from reviews.people.code_recipients import CodeRecipients
from reviews.people.mailed_codes import MailedCodes
from runtime.observe import event_log
from runtime.settings.settings import UnusableSettings
from runtime.web.background_jobs import BackgroundJobs
from runtime.wiring.databases import utc_now
from runtime.worker.shutdown import shutdown_requested

if TYPE_CHECKING:
    from runtime.settings.settings import Settings
    from runtime.wiring.wiring import Wiring


def build_codes(wiring: Wiring) -> MailedCodes | None:
    """Return the use case that mails codes; `None` without a mail server."""
    mailer = _mailer(wiring.settings)
    if mailer is None:
        return None
    mail = SmtpCodeMail(mailer, wiring.settings.outside_address)
    return MailedCodes(
        transactions=wiring.request_transactions,
        recipients=CodeRecipients(transactions=wiring.request_transactions, routes=wiring.routes),
        clock=utc_now,
        identification=wiring.identification,
        mail=MonitoredCodeMailer(mail, utc_now, event_log.write),
        later=BackgroundJobs(shutdown_requested),
        below=secrets.randbelow,
        new_id=lambda: secrets.token_urlsafe(16),
        digest=generate_password_hash,
        fits=check_password_hash,
    )


def _mailer(settings: Settings) -> SmtpMailer | None:
    url = settings.get_option("SMTP_URL")
    if not url:
        return None
    sender = settings.require("MAIL_FROM", "SMTP_URL is set, and mail needs a sender: reviews@example.com")
    try:
        return SmtpMailer(url, sender)
    except ValueError as error:
        raise UnusableSettings(str(error)) from error

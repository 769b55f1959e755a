"""The mailed codes of this installation: the mail server, and what is done after the answer."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from werkzeug.security import check_password_hash, generate_password_hash

from notifiers.shared.smtp import Mailer
from pages.code_mail import CodeMail
from reviews.people.code_mail import WatchedMail
from reviews.people.code_recipients import Recipients
from reviews.people.mailed_codes import Codes
from runtime.observe import event_log
from runtime.settings.settings import UnusableSettings
from runtime.web.after_answer import AfterAnswer
from runtime.wiring.databases import utc_now
from runtime.worker.ending import ending

if TYPE_CHECKING:
    from runtime.settings.settings import Settings
    from runtime.wiring.wiring import Wiring


def codes_of(wiring: Wiring) -> Codes | None:
    """Return what mails codes; `None` without a mail server."""
    mailer = _mailer(wiring.settings)
    if mailer is None:
        return None
    mail = CodeMail(mailer, wiring.settings.outside_address)
    return Codes(
        transactions=wiring.patient,
        recipients=Recipients(transactions=wiring.patient, routes=wiring.routes),
        clock=utc_now,
        identification=wiring.identification,
        mail=WatchedMail(mail, utc_now, event_log.write),
        later=AfterAnswer(ending),
        below=secrets.randbelow,
        new_id=lambda: secrets.token_urlsafe(16),
        digest=generate_password_hash,
        fits=check_password_hash,
    )


def _mailer(settings: Settings) -> Mailer | None:
    url = settings.option("SMTP_URL")
    if not url:
        return None
    sender = settings.need("MAIL_FROM", "SMTP_URL is set, and mail needs a sender: reviews@example.com")
    try:
        return Mailer(url, sender)
    except ValueError as error:
        raise UnusableSettings(str(error)) from error

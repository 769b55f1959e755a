"""The use cases of the pages: the archive, the inbox, sessions, mailed codes."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from werkzeug.security import check_password_hash, generate_password_hash

from pages.code_mail import SmtpCodeMail
from pages.duty_forms import DutyForms
from pages.inbox_visit import InboxServices
from reviews.lists.archive import Archive
from reviews.lists.campaign_pages import CampaignPages
from reviews.lists.inbox import Inbox
from reviews.people.code_mail import MonitoredCodeMailer
from reviews.people.code_recipients import CodeRecipients
from reviews.people.mailed_codes import MailedCodes
from reviews.people.sessions import BrowserSessions
from reviews.people.stored_proofs import CodeDigests
from runtime.observe import event_log
from runtime.settings.settings import UnusableSettings
from runtime.wiring.databases import get_utc_time

if TYPE_CHECKING:
    from collections.abc import Callable

    from notifiers.shared.smtp import SmtpMailer
    from pages.campaigns.campaign_page import CampaignServices
    from pages.demo_sign_in import DemoSignInLinks
    from pages.history.visitor import HistorySignInMethods
    from pages.streams import Streams
    from reviews.people.mailed_codes import JobQueue
    from runtime.settings.settings import Settings
    from runtime.wiring.wiring import Wiring


def build_archive(wiring: Wiring) -> Archive:
    return Archive(
        transactions=wiring.request_transactions,
        routes=wiring.routes,
        clock=wiring.clock,
        retention=wiring.settings.keep_reviews,
    )


def build_duty_forms(wiring: Wiring, wake: Callable[[], None]) -> DutyForms:
    """Return the forms to reassign and snooze; `wake` is called as in `Wiring.build_answers`."""
    return DutyForms(
        reassignment=wiring.build_reassignment(wake), menu=wiring.menu, answers=wiring.build_answers(wake)
    )


def build_campaign_services(
    wiring: Wiring, wake: Callable[[], None], sign_in_methods: HistorySignInMethods
) -> CampaignServices:
    """Return the services of the pages of campaigns; `wake` is called as in `Wiring.build_answers`."""
    # Imported here: every process that draws no page would load its parts at the start too.
    from pages.campaigns.campaign_page import CampaignServices  # noqa: PLC0415

    return CampaignServices(
        pages=CampaignPages(
            transactions=wiring.request_transactions, routes=wiring.routes, clock=wiring.clock
        ),
        answers=wiring.build_answers(wake),
        links=wiring.links,
        sign_in_methods=sign_in_methods,
    )


def build_sessions(wiring: Wiring) -> BrowserSessions:
    return BrowserSessions(transactions=wiring.request_transactions, clock=get_utc_time)


def build_inbox_services(
    wiring: Wiring,
    wake: Callable[[], None],
    *,
    streams: Streams,
    codes: MailedCodes | None,
    sign_in: bool,
    demo_links: DemoSignInLinks | None,
) -> InboxServices:
    """Return the services of the inbox; `wake` is called as in `Wiring.build_answers`."""
    return InboxServices(
        inbox=Inbox(
            transactions=wiring.request_transactions,
            routes=wiring.routes,
            clock=wiring.clock,
            sealer=wiring.sealer,
        ),
        answers=wiring.build_answers(wake),
        menu=wiring.menu,
        duty_forms=build_duty_forms(wiring, wake),
        streams=streams,
        links=wiring.links,
        openings=wiring.openings,
        codes=codes,
        sign_in=sign_in,
        demo_links=demo_links,
        separation=wiring.build_separation(wake),
        comparison_views=wiring.comparison_views,
        absences=wiring.absence_declarations,
    )


def build_codes(wiring: Wiring, later: JobQueue) -> MailedCodes | None:
    """Return the use case that mails codes, in jobs of `later`; `None` without a mail server."""
    mailer = build_mailer(wiring.settings)
    if mailer is None:
        return None
    mail = SmtpCodeMail(mailer, wiring.settings.outside_address)
    return MailedCodes(
        transactions=wiring.request_transactions,
        recipients=CodeRecipients(transactions=wiring.request_transactions, routes=wiring.routes),
        clock=get_utc_time,
        identification=wiring.identification,
        mail=MonitoredCodeMailer(mail, get_utc_time, event_log.write),
        run_later=later,
        random_below=secrets.randbelow,
        new_id=lambda: secrets.token_urlsafe(16),
        digests=CodeDigests(
            # Without it there is no page on which a code can be requested.
            secret_key=wiring.settings.get_option("SECRET_KEY"),
            compute_hash=generate_password_hash,
            verify_hash=check_password_hash,
        ),
    )


def build_mailer(settings: Settings) -> SmtpMailer | None:
    """Return what sends mail; `None` without SMTP_URL."""
    url = settings.get_option("SMTP_URL")
    if not url:
        return None
    # What speaks SMTP is loaded only if there is a server.
    from notifiers.shared.smtp import SmtpMailer  # noqa: PLC0415

    sender = settings.require("MAIL_FROM", "SMTP_URL is set, and mail needs a sender: reviews@example.com")
    try:
        return SmtpMailer(url, sender)
    except ValueError as error:
        raise UnusableSettings(str(error)) from error

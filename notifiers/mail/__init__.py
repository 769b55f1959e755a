"""The channel `mail:<address>`: each stage of a card as a mail, all mails of a review in one thread."""

from __future__ import annotations

from datetime import timedelta
from email.errors import MessageError
from email.headerregistry import Address
from typing import TYPE_CHECKING

from notifiers import UnusableSetting
from notifiers.mail.message import write_card_mail
from notifiers.mail.notices import write_notice_mail
from notifiers.shared.card_links import link_to_pages
from notifiers.shared.smtp import SmtpMailer
from reviews.errors import Permanent
from reviews.notice import is_answerable, parse_person_target

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from notifiers import ChannelContext
    from reviews.cards.card import Card
    from reviews.model import Answerable
    from reviews.notice import Notice

EXAMPLE = "mail:compliance.owner@company.com"
LEADS_TO_PAGE = True
REACHES_PEOPLE = True


class Mail:
    """Sends a mail for each stage of a card. The address of a target is a mail address."""

    post_interval = timedelta(seconds=1)

    def __init__(self, mailer: SmtpMailer, acknowledge_link: Callable[[Answerable], str]) -> None:
        self._mailer = mailer
        self._acknowledge_link = acknowledge_link

    def post(self, target: str, card: Card) -> str:
        link, card_links = self._acknowledge_link(card), link_to_pages(card, self._acknowledge_link)
        mail = write_card_mail(
            card, recipient=target, link=link, domain=self._mailer.domain, card_links=card_links
        )
        try:
            self._mailer.send(mail)
        except Permanent as error:
            raise Permanent(f"{error}: check the address in the route, and MAIL_FROM") from error
        return card.stage

    def post_notice(self, target: str, notice: Notice) -> str:
        recipient = parse_person_target(target) or target
        link = self._acknowledge_link(notice) if is_answerable(notice) else ""
        self._mailer.send(
            write_notice_mail(notice, recipient=recipient, link=link, domain=self._mailer.domain)
        )
        return notice.key

    def is_public(self, target: str) -> bool:  # noqa: ARG002
        return False

    def find_message(self, target: str, card_or_notice: Card | Notice, *, since: datetime) -> str | None:  # noqa: ARG002
        raise Permanent("a mailbox can't be searched")


def why_not(address: str) -> str | None:
    """Return why this is no mail address, alone and without a name."""
    try:
        parsed = Address(addr_spec=address)
    except (MessageError, ValueError, IndexError):
        parsed = Address()
    if parsed.username and parsed.domain and parsed.addr_spec == address and address.isascii():
        return None
    return f"{address!r} is no mail address: write it as in {EXAMPLE!r}"


def build(context: ChannelContext) -> Mail:
    context.setting("SECRET_KEY")  # signs the link to answer
    try:
        mailer = SmtpMailer(context.setting("SMTP_URL"), context.setting("MAIL_FROM"))
    except ValueError as error:
        raise UnusableSetting(str(error)) from None
    return Mail(mailer, context.acknowledge_link)

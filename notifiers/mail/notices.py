"""What is told beside a card, as a mail: in the thread of the review's mails, with the way to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from notifiers.mail.message import (
    FIRST_STAGE,
    LONGEST_TITLE,
    PAGES,
    later_subject,
    name_thread,
    new_mail,
    one_line,
    stage_id,
)
from notifiers.shared.notice_text import answers_words, deadline, told
from notifiers.shared.text import shorten, shorten_name, when
from reviews.language import _, spoken
from reviews.notice import NoticeKind
from reviews.text import plain, web_link
from reviews.wording.notice_sentences import name_item

if TYPE_CHECKING:
    from email.message import EmailMessage

    from reviews.notice import Notice

LONGEST_SUBJECT = 200
_TO_CONTRIBUTORS = frozenset({NoticeKind.OUTCOME, NoticeKind.SENT_BACK})
_LOOKS = {
    NoticeKind.OUTCOME: "done",
    NoticeKind.SENT_BACK: "changes",
    NoticeKind.OVERDUE: "changes",
    NoticeKind.ALARM: "changes",
    NoticeKind.ALARM_OVER: "done",
}
_ALARMS = frozenset({NoticeKind.ALARM, NoticeKind.ALARM_OVER})


def notice_mail(notice: Notice, *, to: str, link: str, domain: str) -> EmailMessage:
    """Return the mail. `link` leads to where the review is answered; it is empty where nothing is asked."""
    in_thread = notice.review_id and notice.kind not in _TO_CONTRIBUTORS
    title = name_thread(plain(notice.title), is_bulk=bool(notice.files))
    subject = later_subject(title) if in_thread else one_line(shorten(told(notice)[0], LONGEST_SUBJECT))
    mail = new_mail(to, subject)
    mail["Message-ID"] = f"<notice-{notice.key}@{domain}>"
    if in_thread:
        mail["In-Reply-To"] = mail["References"] = stage_id(notice.review_id, FIRST_STAGE, domain)
    mail.set_content(as_text(notice, link))
    mail.add_alternative(as_html(notice, link), subtype="html")
    return mail


def as_text(notice: Notice, link: str) -> str:
    """Return the notice as the text part."""
    due, document = deadline(notice, when), web_link(notice.link)
    lines = [*told(notice), *([due] if due else [])]
    if document:
        lines += ["", f"{_('Open document')}: {document}"]
    if link:
        lines += ["", f"{answers_words(notice)}:", link]
    return "\n".join([*lines, ""])


def as_html(notice: Notice, link: str) -> str:
    """Return the notice as the HTML part, which looks like the mail of a card."""
    first, *rest = told(notice)
    return PAGES.get_template("notice.html").render(
        language=spoken(),
        look=_LOOKS.get(notice.kind, "open"),
        title=shorten_name(name_item(notice), LONGEST_TITLE),
        news=first,
        lines=rest,
        due=deadline(notice, when),
        folder=plain(notice.path),
        document=web_link(notice.link),
        open_document=_("Open document"),
        link=link,
        why=_why(notice),
        answer=answers_words(notice),
    )


def _why(notice: Notice) -> str:
    if notice.kind in _TO_CONTRIBUTORS:
        if notice.files:
            return _("You are told because you changed some of these files.")
        return _("You are told because you changed this document.")
    if notice.kind in _ALARMS:
        return _("The route of the operators sends the alarms of docspace-review to your address.")
    return _("A route of docspace-review sends the reviews of this folder to your address.")

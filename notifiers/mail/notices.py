"""A notice as a mail: in the thread of the review's mails, with the link to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from notifiers.mail.message import (
    FIRST_STAGE,
    MAX_TITLE_LENGTH,
    TEMPLATES,
    clean_header,
    create_mail,
    make_later_subject,
    make_message_id,
    name_thread,
)
from notifiers.shared.campaign_text import describe_campaign_card
from notifiers.shared.card_text import shorten, shorten_name, write_date
from notifiers.shared.digest_text import describe_completeness, describe_period, label_page, write_summary
from notifiers.shared.notice_text import (
    describe_deadline,
    find_document_link,
    label_answers_link,
    list_copied_lines,
    list_notice_lines,
)
from notifiers.shared.reminder_text import describe_only_campaign, describe_reminders, describe_unlisted
from reviews.campaign_notices import CampaignNotice
from reviews.digest_notices import ReviewDigestNotice
from reviews.language import _, get_language
from reviews.notice import (
    AlarmNotice,
    CheckpointNotice,
    DocumentNotice,
    NoticeKind,
    OutcomeNotice,
    ReminderListNotice,
    ReviewNotice,
)
from reviews.text import clean_text, sanitize_link
from reviews.wording.campaign_sentences import label_most_left, label_progress_page
from reviews.wording.digest_sentences import describe_chart, list_figures, list_week_bars, name_chart
from reviews.wording.notice_sentences import name_item

if TYPE_CHECKING:
    from email.message import EmailMessage

    from notifiers.shared.reminder_text import ReminderText
    from reviews.notice import Notice

MAX_SUBJECT_LENGTH = 200
_LOOK_BY_NOTICE = {
    NoticeKind.OUTCOME: "done",
    NoticeKind.SENT_BACK: "changes",
    NoticeKind.OVERDUE: "changes",
    NoticeKind.FOLLOW_UP: "changes",
    NoticeKind.CAMPAIGN_OVERDUE: "changes",
    NoticeKind.ALARM: "changes",
    NoticeKind.ALARM_OVER: "done",
}


def write_notice_mail(notice: Notice, *, recipient: str, link: str, domain: str) -> EmailMessage:
    """Return the mail. `link` leads to where the review is answered; it is empty if nothing is requested."""
    mail = create_mail(recipient, _write_subject(notice))
    mail["Message-ID"] = f"<notice-{notice.key}@{domain}>"
    if _is_in_thread(notice):
        mail["In-Reply-To"] = mail["References"] = make_message_id(notice.review_id, FIRST_STAGE, domain)
    mail.set_content(render_text(notice, link))
    mail.add_alternative(render_html(notice, link), subtype="html")
    return mail


def render_text(notice: Notice, link: str) -> str:
    """Return the notice as the text part."""
    due, document = describe_deadline(notice, write_date), sanitize_link(find_document_link(notice))
    first, *rest = list_notice_lines(notice)
    gap = [""] if isinstance(notice, ReminderListNotice | CampaignNotice) else []
    lines = [first, *gap, *rest, *([due] if due else [])]
    if copied := list_copied_lines(notice):
        lines += ["", *copied]
    if document:
        lines += ["", f"{_('Open document')}: {document}"]
    if link:
        lines += ["", f"{label_answers_link(notice)}:", link]
    return "\n".join([*lines, ""])


def render_html(notice: Notice, link: str) -> str:
    """Return the notice as the HTML part, which looks like the mail of a card."""
    first, *rest = list_notice_lines(notice)
    listed, omitted = _list_reviews(notice)
    return TEMPLATES.get_template("notice.html").render(
        language=get_language(),
        look=_LOOK_BY_NOTICE.get(notice.kind, "open"),
        title=shorten_name(name_item(notice), MAX_TITLE_LENGTH),
        headline=first,
        lines=[] if listed or _has_own_form(notice) else rest,
        campaign=describe_campaign_card(notice, write_date) if isinstance(notice, CampaignNotice) else None,
        percent=notice.progress.percent if isinstance(notice, CampaignNotice) else 0,
        most_left_label=label_most_left(),
        page_label=label_progress_page(),
        request=describe_only_campaign(notice, write_date) if _is_request(notice) else None,
        digest=_draw_digest(notice) if isinstance(notice, ReviewDigestNotice) else None,
        listed=listed,
        omitted=omitted,
        copied="\n".join(list_copied_lines(notice)),
        deadline=describe_deadline(notice, write_date),
        folder=clean_text(notice.path) if isinstance(notice, DocumentNotice) else "",
        document_url=sanitize_link(find_document_link(notice)),
        document_label=_("Open document"),
        link=link,
        reason=_explain_recipient(notice),
        answer_label=label_answers_link(notice),
    )


def _list_reviews(notice: Notice) -> tuple[list[ReminderText], str]:
    """Return the reviews of a list, and how many more there are; nothing of any other notice."""
    if not isinstance(notice, ReminderListNotice) or notice.only_campaign:
        return [], ""
    return describe_reminders(notice, write_date), describe_unlisted(notice)


def _draw_digest(notice: ReviewDigestNotice) -> dict[str, Any]:
    """Return the parts of a digest of reviews; its chart is a table that all mail programs draw."""
    figures = list_figures(notice.figures)
    return {
        "period": describe_period(notice, write_date),
        "figure_rows": [figures[:2], figures[2:]],
        "chart_title": name_chart(),
        "bars": [(bar, max(round(bar.fraction * 100), 1)) for bar in list_week_bars(notice)],
        "chart_words": describe_chart(notice),
        "complete": describe_completeness(notice, write_date),
        "page_url": sanitize_link(notice.page_url),
        "page_label": label_page(),
    }


def _has_own_form(notice: Notice) -> bool:
    """Return whether the HTML shows what a notice says in a form of its own, and not as lines."""
    return isinstance(notice, ReviewDigestNotice | CampaignNotice) or _is_request(notice)


def _is_request(notice: Notice) -> TypeGuard[ReminderListNotice]:
    """Return whether it is about one campaign alone."""
    return isinstance(notice, ReminderListNotice) and notice.only_campaign is not None


def _is_in_thread(notice: Notice) -> TypeGuard[ReviewNotice]:
    """Return whether the mail continues the thread of its review, which contributors do not get."""
    if not isinstance(notice, ReviewNotice) or isinstance(notice, OutcomeNotice):
        return False
    return bool(notice.review_id)


def _write_subject(notice: Notice) -> str:
    if _is_in_thread(notice):
        return make_later_subject(name_thread(clean_text(notice.title), is_bulk=bool(notice.files)))
    if isinstance(notice, ReviewDigestNotice):
        return clean_header(shorten(write_summary(notice), MAX_SUBJECT_LENGTH))
    return clean_header(shorten(list_notice_lines(notice)[0], MAX_SUBJECT_LENGTH))


def _explain_recipient(notice: Notice) -> str:
    if isinstance(notice, OutcomeNotice):
        if notice.files:
            return _("You get this message because you changed some of these files.")
        return _("You get this message because you changed this document.")
    if _is_request(notice) and notice.mention:
        return _("You get this message because you are asked to acknowledge these documents.")
    if isinstance(notice, ReminderListNotice) and notice.mention:
        return _("You get this message because these reviews or documents are waiting for you.")
    return _explain_route(notice)


def _explain_route(notice: Notice) -> str:
    if isinstance(notice, AlarmNotice):
        return _("The route of the operators sends the alarms of docspace-review to your address.")
    if isinstance(notice, ReviewDigestNotice):
        return _("A route of docspace-review sends a digest of its reviews to your address.")
    if isinstance(notice, CampaignNotice):
        return _("A route of docspace-review sends the campaigns for this folder to your address.")
    if isinstance(notice, CheckpointNotice):
        return _("A route of docspace-review sends the checkpoints of its ledger to your address.")
    return _("A route of docspace-review sends the reviews of this folder to your address.")

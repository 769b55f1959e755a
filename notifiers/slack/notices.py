"""A notice as a message of Slack (facts on Slack, 1.2 to 1.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from notifiers.shared.digest_text import write_summary
from notifiers.shared.notice_text import (
    describe_deadline,
    find_document_link,
    list_copied_lines,
    list_notice_lines,
)
from notifiers.slack import campaigns, changes, digests, reminders
from notifiers.slack.elements import make_context, make_preformatted, make_section
from notifiers.slack.text import fit_text, format_link, write_date
from reviews.campaign_notices import CampaignNotice
from reviews.digest_notices import DigestNotice, ReviewDigestNotice
from reviews.language import _
from reviews.notice import CanaryNotice, ChangeNotice, NoticeKind, ReminderListNotice

if TYPE_CHECKING:
    from reviews.notice import Notice

EVENT_TYPE = "docspace_review_notice"
ACKNOWLEDGE_TEST = "acknowledge_test"
_SIGNS = {
    NoticeKind.ALARM: "🚨 ",
    NoticeKind.ALARM_OVER: "✅ ",
    NoticeKind.TEST: "🧪 ",
}
MAX_MENTIONED = 20
# Escaped lengths, which together with the mentions stay within the 3,000 of a section.
MAX_SENTENCE_LENGTH, MAX_LINE_LENGTH, MAX_QUOTE_LENGTH = 700, 300, 2000


def draw_notice_message(notice: Notice, mentions: list[str], *, command: str = "") -> dict[str, Any]:
    """Return the arguments of a post. `mentions` is mrkdwn that mentions people, all in one message.

    `command` is our slash command. A notification and a screen reader read `text`; the message is found by
    its metadata.
    """
    first, *rest = list_notice_lines(notice)
    text = fit_text(first, MAX_SENTENCE_LENGTH)
    calls = f"{' '.join(mentions[:MAX_MENTIONED])} " if mentions else ""
    match notice:
        case ChangeNotice():
            blocks = changes.draw_change(notice)
        case DigestNotice():
            blocks = changes.draw_digest(notice)
        case ReviewDigestNotice():
            text = fit_text(write_summary(notice), MAX_SENTENCE_LENGTH)
            blocks = digests.draw_digest(notice)
        case CampaignNotice():
            blocks = campaigns.draw_campaign(notice)
        case ReminderListNotice() if notice.only_campaign:
            blocks = campaigns.draw_request(notice, text, calls=calls)
            text = f"{calls}{text}"
        case ReminderListNotice():
            blocks = reminders.draw_reminders(notice, text, calls=calls, command=command)
            text = f"{calls}{text}"
        case _:
            text = f"{_SIGNS.get(notice.kind, '')}{calls}{text}"
            blocks = _draw_blocks(notice, text, rest)
    metadata = {"event_type": EVENT_TYPE, "event_payload": {"notice": notice.key}}
    return {"text": text, "blocks": blocks, "metadata": metadata}


def draw_plain_notice(notice: Notice, content: dict[str, Any]) -> dict[str, Any] | None:
    """Return the arguments without the blocks that not every workspace has; `None` where there are none."""
    if not isinstance(notice, ReviewDigestNotice):
        return None
    return {**content, "blocks": digests.draw_digest_without_chart(notice)}


def draw_acknowledged_test(acknowledged_by: str, *, time: str) -> dict[str, Any]:
    """Return the card of an acknowledged test; `acknowledged_by` is mrkdwn for the person."""
    result = _("{who} acknowledged the test, {time} after it was sent.").format(
        who=acknowledged_by, time=time
    )
    sentence = f"{_SIGNS[NoticeKind.ALARM_OVER]}{result}"
    return {"text": sentence, "blocks": [make_section(sentence)]}


def _draw_blocks(notice: Notice, sentence: str, rest: list[str]) -> list[dict[str, Any]]:
    if copied := list_copied_lines(notice):
        advice = [make_context(fit_text(line, MAX_LINE_LENGTH)) for line in rest]
        return [make_section(sentence), make_preformatted("\n".join(copied)), *advice]
    quote = [make_section(_quote_lines(rest))] if rest else []
    small = [make_context(" · ".join(aside))] if (aside := _list_side_facts(notice)) else []
    return [make_section(sentence), *quote, *small, *_draw_button(notice)]


def _draw_button(notice: Notice) -> list[dict[str, Any]]:
    """Return the button of a test; a notice about a review has none."""
    if not isinstance(notice, CanaryNotice):
        return []
    words = {"type": "plain_text", "text": _("Acknowledge test")}
    button = {"type": "button", "action_id": ACKNOWLEDGE_TEST, "text": words, "value": notice.canary_id}
    return [{"type": "actions", "elements": [button]}]


def _quote_lines(lines: list[str]) -> str:
    """Return as many lines as fit, none of them cut within an escaped character."""
    fitting: list[str] = []
    for line in lines:
        shown = f"> {fit_text(line, MAX_LINE_LENGTH)}"
        if sum(map(len, fitting)) + len(fitting) + len(shown) > MAX_QUOTE_LENGTH:
            return "\n".join([*fitting, "> …"])
        fitting.append(shown)
    return "\n".join(fitting)


def _list_side_facts(notice: Notice) -> list[str]:
    label = _("Open document")
    document_link = format_link(find_document_link(notice), label)
    return [
        part
        for part in (describe_deadline(notice, write_date), document_link if document_link != label else "")
        if part
    ]

"""The documents of campaigns in messages: as they are when one is sent, and as one line for each campaign.

Their reviews are not read, since each has the answers of all people.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviews.notice import NoticeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from reviews.campaign import WaitingDocument
    from reviews.notice import ReminderLine, ReminderListNotice

_SEPARATOR = " / "


def join_campaign_lines(lines: Iterable[ReminderLine]) -> tuple[ReminderLine, ...]:
    """Return lines with one for each campaign, in place of its first: how many documents, and for whom."""
    by_subject: dict[tuple[str, str], list[ReminderLine]] = {}
    for number, line in enumerate(lines):
        subject = (line.route, line.campaign_id) if line.campaign_id else ("", str(number))
        by_subject.setdefault(subject, []).append(line)
    return tuple(_join(group) if group[0].campaign_id else group[0] for group in by_subject.values())


def update_campaign_lines(
    notice: ReminderListNotice, documents: Mapping[str, WaitingDocument], *, now: datetime
) -> ReminderListNotice:
    """Return a list with its lines of campaigns as they are, and without those that wait for no one."""
    asks = bool(notice.mention)
    updated = [
        _update_line(line, documents.get(line.review_id), asks=asks, now=now) if line.campaign_id else line
        for line in notice.reminders
    ]
    return replace(notice, reminders=tuple(line for line in updated if line is not None))


def _update_line(
    line: ReminderLine, document: WaitingDocument | None, *, asks: bool, now: datetime
) -> ReminderLine | None:
    """Return the line of a document as it is, if it waits for anyone whom the line asks.

    Where it asks no one, it has those who are waited for.
    """
    if document is None:
        return None
    missing = set(document.missing)
    people = tuple(each for each in line.recipients if each in missing) if asks else document.missing
    if not people:
        return None
    is_overdue = document.due_at is not None and document.due_at <= now
    return replace(line, recipients=people, due_at=document.due_at, is_overdue=is_overdue)


def list_campaign_documents(notice: ReminderListNotice) -> tuple[set[str], set[str] | None]:
    """Return the reviews of campaigns that a list is about, and whom it asks; `None` if it asks no one."""
    lines = [line for line in notice.reminders if line.campaign_id]
    people = {address for line in lines for address in line.recipients}
    return {line.review_id for line in lines}, people if notice.mention else None


def _join(lines: Sequence[ReminderLine]) -> ReminderLine:
    first = lines[0]
    recipients = {each.casefold(): each for line in lines for each in line.recipients}
    # Documents that are asked for again are news; among others that wait they are one more.
    is_request = all(line.kind is NoticeKind.CAMPAIGN_REQUEST for line in lines)
    return replace(
        first,
        kind=NoticeKind.CAMPAIGN_REQUEST if is_request else NoticeKind.REMINDER,
        title=first.campaign_name,
        path=_find_common_folder([line.path for line in lines]),
        link=None,
        recipients=tuple(recipients.values()),
        is_overdue=any(line.is_overdue for line in lines),
        documents=len({line.review_id for line in lines}),
    )


def _find_common_folder(paths: Sequence[str]) -> str:
    """Return the folder that contains all of these."""
    parts = [path.split(_SEPARATOR) for path in paths]
    count = 0
    for folders in zip(*parts, strict=False):
        if len(set(folders)) > 1:
            break
        count += 1
    return _SEPARATOR.join(parts[0][:count])

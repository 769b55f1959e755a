"""The reviews of a campaign as one line of a message."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviews.notice import NoticeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviews.notice import ReminderLine

_SEPARATOR = " / "


def join_campaign_lines(lines: Iterable[ReminderLine]) -> tuple[ReminderLine, ...]:
    """Return lines with one for each campaign, in place of its first: how many documents, and for whom."""
    by_subject: dict[tuple[str, str], list[ReminderLine]] = {}
    for number, line in enumerate(lines):
        subject = (line.route, line.campaign_id) if line.campaign_id else ("", str(number))
        by_subject.setdefault(subject, []).append(line)
    return tuple(_join(group) if group[0].campaign_id else group[0] for group in by_subject.values())


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

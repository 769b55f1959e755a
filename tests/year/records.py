"""What the product did in a year, as its database has it, in the words of the model."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.notice import NoticeKind, ReminderListNotice, parse_person_target
from reviews.quorum import list_valid_answers
from store import rows
from store.schema import cards
from tests.year.campaigns import Standing, is_of_campaign
from tests.year.model import CLOCK_TYPES, Act
from tests.year.working_periods import count_microseconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviews.model import Review
    from tests.reviews.desk import Desk

CLOCK_NOTICES = frozenset(
    {
        NoticeKind.REMINDER,
        NoticeKind.OVERDUE,
        NoticeKind.ESCALATED,
        NoticeKind.FOLLOW_UP,
        NoticeKind.REMINDER_LIST,
        NoticeKind.HANDED_OVER,
        NoticeKind.HANDED_BACK,
        NoticeKind.CAMPAIGN_REQUEST,
    }
)


@dataclass(frozen=True, kw_only=True)
class Records:
    """A year as its database has it; `names` are those of reviews that have other ids."""

    desk: Desk
    names: Mapping[str, str]

    def list_acts(self) -> list[Act]:
        """Return what the clock did, as the ledger has it."""
        acts = []
        for entry in self.desk.entries():
            if entry["type"] in CLOCK_TYPES:
                name = self._get_name(entry["review_id"])
                whom = entry.get("whom") or entry.get("to") or entry.get("from") or ()
                act = Act(
                    at=count_microseconds(datetime.fromisoformat(entry["at"])),
                    review=name,
                    what=entry["type"],
                    whom=tuple(whom if is_of_campaign(name) else sorted(whom)),
                    step=entry.get("step") or entry.get("owner") or "",
                )
                acts.append(act)
        return acts

    def list_messages(self, looks: Sequence[int]) -> list[tuple[int, str, tuple[str, ...]]]:
        """Return each message to a person or channel: at which look, to whom, and about which reviews."""
        query = sa.select(cards).where(cards.c.cause != "").order_by(cards.c.id)
        with self.desk.engine.connect() as connection:
            posts = [rows.build_card(row) for row in connection.execute(query).mappings()]
        messages = []
        for post in posts:
            notice, person = post.notice, parse_person_target(post.target)
            if notice is None or notice.kind not in CLOCK_NOTICES:
                continue
            listed = (
                [line.review_id for line in notice.reminders]
                if isinstance(notice, ReminderListNotice)
                else []
            )
            about = tuple(sorted(map(self._get_name, listed or [post.review_id or ""])))
            readers = (person,) if person else notice.mention or (f"{post.notifier}:{post.target}",)
            look = looks[bisect_left(looks, count_microseconds(notice.at))]
            messages += [(look, reader, about) for reader in readers]
        return messages

    def list_standings(self) -> list[Standing]:
        """Return how the reviews of campaigns stand."""
        ids = [each for each, name in self.names.items() if is_of_campaign(name)]
        with self.desk.transactions(reading=True) as work:
            return [self._describe(review) for review in work.reviews.get_many(ids)]

    def _describe(self, review: Review) -> Standing:
        acknowledged = sorted(answer.owner or "" for answer in list_valid_answers(review))
        return Standing(
            review=self._get_name(review.id),
            opened=count_microseconds(review.opened_at),
            state="superseded" if review.superseded_by else review.state.value,
            revision=review.revision,
            acknowledged=tuple(acknowledged),
        )

    def _get_name(self, review_id: str) -> str:
        return self.names.get(review_id, review_id)

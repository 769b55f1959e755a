"""The repository `CardRepository` on one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.answers.outcome_notices import OUTCOME_CAUSE_PREFIX
from reviews.kinds import CardState
from reviews.notice import parse_person_target
from reviews.ports.cards import CardDrawing
from store import notice_rows, rows
from store.clock import Utc
from store.engine import build_by_dialect, insert_into
from store.schema import cards, reviews
from store.schema.states import DEAD_CARD
from store.tallies import EVENT_TO_CARD, add_observation

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from reviews.model import Post
    from reviews.notice import Notice

_NOW = sa.func.current_timestamp()

# Each card and each click needs most of these statements: they are built once.
_ONE = sa.select(cards).where(cards.c.id == sa.bindparam("card"))
CARD_WITHOUT_NOTICE = (
    *(column for column in cards.c if column is not cards.c.notice),
    sa.null().label("notice"),
)
"""The columns that are read without any JSON."""
_ONE_WITHOUT_NOTICE = sa.select(*CARD_WITHOUT_NOTICE).where(cards.c.id == sa.bindparam("card"))
_UPDATE_CLAIMED = (
    sa.update(cards)
    .where(cards.c.id == sa.bindparam("card"), cards.c.claimed_by == sa.bindparam("owner"))
    .returning(cards.c.attempts)
)
_CLAIM = (
    sa.update(cards)
    .where(
        cards.c.id == sa.bindparam("card"),
        cards.c.state != CardState.DEAD,
        sa.or_(cards.c.claimed_by.is_(None), cards.c.claimed_by == sa.bindparam("owner")),
    )
    .values(claimed_by=sa.bindparam("owner"))
    .returning(*CARD_WITHOUT_NOTICE)
)
_BEGIN_POST = _CLAIM.where(cards.c.message_id.is_(None), cards.c.attempted_at.is_(None)).values(
    attempted_at=sa.bindparam("at", type_=Utc), not_before=None
)
_PUT_OFF = (
    sa.update(cards)
    .where(
        cards.c.id == sa.bindparam("card"),
        sa.or_(cards.c.claimed_by.is_(None), cards.c.claimed_by == sa.bindparam("owner")),
    )
    .values(
        claimed_by=None,
        due_at=sa.case(
            (cards.c.wanted == sa.bindparam("drawing"), sa.bindparam("until", type_=Utc)),
            else_=cards.c.due_at,
        ),
    )
)
_POSTPONE = (
    sa.update(cards)
    .where(
        cards.c.id == sa.bindparam("card"),
        sa.or_(cards.c.claimed_by.is_(None), cards.c.claimed_by == sa.bindparam("owner")),
    )
    .values(
        claimed_by=None, due_at=sa.bindparam("until", type_=Utc), due_since=sa.bindparam("until", type_=Utc)
    )
)
_MARK_DRAWN = (
    sa.update(cards)
    .where(cards.c.id == sa.bindparam("card"), cards.c.claimed_by == sa.bindparam("owner"))
    .values(
        message_id=sa.bindparam("message"),
        drawn=sa.bindparam("drawing"),
        drawn_at=sa.bindparam("at", type_=Utc),
        posted_at=sa.func.coalesce(cards.c.posted_at, sa.bindparam("at", type_=Utc)),
        state=CardState.POSTED,
        attempts=0,
        error=None,
        attempted_at=None,
        claimed_by=None,
        deaths=0,
        given_up=False,
    )
    .returning(cards.c.notifier, cards.c.caused_at, cards.c.posted_at)
)
_IS_DUE = cards.c.drawn < cards.c.wanted
_IS_POSTED = cards.c.message_id.is_not(None)
_DRAWINGS = (
    sa.select(
        cards.c.drawn_at,
        sa.and_(_IS_POSTED, cards.c.state == CardState.POSTED, ~_IS_DUE).label("is_current"),
        # Of an update that failed it is not stored whether its outcome is known.
        sa.or_(
            cards.c.claimed_by.is_not(None),
            cards.c.attempted_at.is_not(None),
            sa.and_(_IS_POSTED, sa.or_(cards.c.attempts > 0, cards.c.drawn_at.is_(None))),
        ).label("is_uncertain"),
    )
    .where(cards.c.review_id == sa.bindparam("review_id"), cards.c.cause == "")
    .order_by(cards.c.id)
)
_IS_OF_REVIEW = cards.c.review_id == sa.bindparam("of_review")
_REDRAW_ANY = (
    sa.update(cards)
    .where(cards.c.cause == "")
    .values(
        wanted=cards.c.wanted + 1,
        due_at=_NOW,
        due_since=sa.case((_IS_DUE, cards.c.due_since), else_=_NOW),
    )
)
_REDRAW = _REDRAW_ANY.where(_IS_OF_REVIEW).values(may_wait=False)
_REDRAW_ANY_LATER = _REDRAW_ANY.values(may_wait=sa.case((_IS_DUE, cards.c.may_wait), else_=True))
_REDRAW_LATER = _REDRAW_ANY_LATER.where(_IS_OF_REVIEW)
_REDRAW_PREDECESSORS = _REDRAW_ANY_LATER.where(
    cards.c.review_id.in_(sa.select(reviews.c.id).where(reviews.c.superseded_by == sa.bindparam("by")))
)
_REDRAW_DRAWN = _REDRAW.where(cards.c.drawn == cards.c.wanted)
_REDRAW_IN = _REDRAW.where(
    cards.c.notifier == sa.bindparam("in_notifier"), cards.c.wanted < sa.bindparam("most")
)
_REDRAW_NOTICE = (
    sa.update(cards)
    .where(
        cards.c.review_id.is_(None),
        cards.c.notifier == sa.bindparam("in_notifier"),
        cards.c.target == sa.bindparam("in_target"),
        cards.c.cause == sa.bindparam("of_cause"),
    )
    .values(
        wanted=cards.c.wanted + 1,
        due_at=_NOW,
        due_since=sa.case((_IS_DUE, cards.c.due_since), else_=_NOW),
        may_wait=sa.case((_IS_DUE, cards.c.may_wait), else_=True),
    )
)
_RELEASE = (
    sa.update(cards)
    .where(cards.c.review_id == sa.bindparam("of_review"), cards.c.until_superseded)
    .values(until_superseded=False)
)

_OWE = build_by_dialect(cards, lambda insert: insert.on_conflict_do_nothing())
_BESIDE = sa.select(
    *(cards.c.review_id, cards.c.notifier, cards.c.target, sa.literal(CardState.OWED)),
    *(sa.bindparam("new_cause", type_=sa.Text), sa.bindparam("new_notice", type_=cards.c.notice.type)),
    sa.bindparam("until", type_=sa.Boolean),
)
_BESIDE = _BESIDE.where(_IS_OF_REVIEW, cards.c.cause == "").order_by(cards.c.id)
_OWE_NOTICES = build_by_dialect(
    cards,
    lambda insert: insert.from_select(
        ["review_id", "notifier", "target", "state", "cause", "notice", "until_superseded"], _BESIDE
    ).on_conflict_do_nothing(),
)


class SqlCardRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def owe(
        self, review_id: str, targets: Iterable[tuple[str, str]], *, caused_at: datetime | None = None
    ) -> None:
        owed = {"review_id": review_id, "state": CardState.OWED, "caused_at": caused_at}
        values = [{**owed, "notifier": notifier, "target": target} for notifier, target in targets]
        if values:
            self._connection.execute(_OWE[self._connection.dialect.name], values)

    def owe_notices(self, review_id: str, notice: Notice, *, cause: str) -> None:
        values = {
            "of_review": review_id,
            "new_cause": cause,
            "new_notice": notice_rows.build_notice_values(notice),
            "until": cause.startswith(OUTCOME_CAUSE_PREFIX),
        }
        self._connection.execute(_OWE_NOTICES[self._connection.dialect.name], values)

    def owe_notice(
        self, target: tuple[str, str], notice: Notice, *, cause: str, review_id: str | None = None
    ) -> bool:
        content = {"cause": cause, "notice": notice_rows.build_notice_values(notice), "state": CardState.OWED}
        values = {"review_id": review_id, "notifier": target[0], "target": target[1], **content}
        retention = {"until_superseded": cause.startswith(OUTCOME_CAUSE_PREFIX)}
        insert = insert_into(self._connection, cards).values({**values, **retention}).on_conflict_do_nothing()
        return self._connection.execute(insert.returning(cards.c.id)).first() is not None

    def redraw_notice(self, target: tuple[str, str], notice: Notice, *, cause: str) -> None:
        update = _REDRAW_NOTICE.values(notice=notice_rows.build_notice_values(notice))
        self._connection.execute(
            update, {"in_notifier": target[0], "in_target": target[1], "of_cause": cause}
        )

    def find_notice(self, target: tuple[str, str], *, cause: str) -> Post | None:
        notifier, address = target
        place = (cards.c.notifier == notifier, cards.c.target == address)
        query = sa.select(cards).where(cards.c.review_id.is_(None), *place, cards.c.cause == cause)
        row = self._connection.execute(query).mappings().first()
        return rows.build_card(row) if row else None

    def find_thread_card(self, post: Post) -> Post | None:
        conditions = (cards.c.review_id == post.review_id, cards.c.notifier == post.notifier)
        query = sa.select(cards).where(*conditions, cards.c.cause == "").order_by(cards.c.id).limit(1)
        if parse_person_target(post.target) is None:
            query = query.where(cards.c.target == post.target)
        row = self._connection.execute(query).mappings().first()
        return rows.build_card(row) if row else None

    def list_drawings(self, review_id: str) -> list[CardDrawing]:
        result = self._connection.execute(_DRAWINGS, {"review_id": review_id})
        return [CardDrawing(**row) for row in result.mappings()]

    def list_causes(self, review_id: str, prefix: str) -> list[str]:
        conditions = (cards.c.review_id == review_id, cards.c.cause.startswith(prefix, autoescape=True))
        return list(
            self._connection.execute(
                sa.select(cards.c.cause).where(*conditions).order_by(cards.c.id)
            ).scalars()
        )

    def readdress(self, card_id: int, job: str, *, target: str) -> bool:
        changes = {"target": target, "attempted_at": None, "not_before": None}
        return self._update(card_id, job, **changes) is not None

    def redraw(self, review_id: str) -> None:
        self._connection.execute(_REDRAW, {"of_review": review_id})

    def redraw_later(self, review_id: str) -> None:
        self._connection.execute(_REDRAW_LATER, {"of_review": review_id})

    def redraw_predecessors(self, review_id: str) -> None:
        self._connection.execute(_REDRAW_PREDECESSORS, {"by": review_id})

    def redraw_if_not_due(self, review_id: str) -> None:
        self._connection.execute(_REDRAW_DRAWN, {"of_review": review_id})

    def redraw_in_channel(self, review_id: str, notifier: str, *, max_requests: int) -> None:
        self._connection.execute(
            _REDRAW_IN, {"of_review": review_id, "in_notifier": notifier, "most": max_requests}
        )

    def get(self, card_id: int) -> Post | None:
        row = self._connection.execute(_ONE, {"card": card_id}).mappings().first()
        return rows.build_card(row) if row else None

    def get_without_notice(self, card_id: int) -> Post | None:
        row = self._connection.execute(_ONE_WITHOUT_NOTICE, {"card": card_id}).mappings().first()
        return rows.build_card(row) if row else None

    def find_by_message(self, notifier: str, target: str, message_id: str) -> Post | None:
        posted = (cards.c.target == target, cards.c.message_id == message_id, cards.c.notifier == notifier)
        query = sa.select(cards).where(*posted, cards.c.cause == "").limit(1)
        row = self._connection.execute(query).mappings().first()
        return rows.build_card(row) if row else None

    def claim(self, card_id: int, job: str) -> Post | None:
        row = self._connection.execute(_CLAIM, {"card": card_id, "owner": job}).mappings().first()
        return rows.build_card(row) if row else None

    def begin_first_post(self, card_id: int, job: str, *, at: datetime) -> bool:
        parameters = {"card": card_id, "owner": job, "at": at}
        return self._connection.execute(_BEGIN_POST, parameters).first() is not None

    def put_off(self, card_id: int, job: str, *, drawing: int, until: datetime) -> None:
        parameters = {"card": card_id, "owner": job, "drawing": drawing, "until": until}
        self._connection.execute(_PUT_OFF, parameters)

    def postpone(self, card_id: int, job: str, *, until: datetime) -> None:
        self._connection.execute(_POSTPONE, {"card": card_id, "owner": job, "until": until})

    def save_queue_place(self, card_id: int, job: str, *, not_before: datetime) -> bool:
        return (
            self._update(card_id, job, not_before=not_before, due_at=not_before, claimed_by=None) is not None
        )

    def mark_attempted(self, card_id: int, job: str, *, at: datetime, maybe_posted: bool) -> bool:
        changes = {"attempted_at": at, "maybe_posted": maybe_posted, "not_before": None}
        return self._update(card_id, job, **changes) is not None

    def cancel_attempt(self, card_id: int, job: str) -> None:
        self._update(card_id, job, attempted_at=None)

    def mark_found(self, card_id: int, job: str, *, message_id: str) -> bool:
        changes = {"state": CardState.POSTED, "message_id": message_id, "attempted_at": None}
        return self._update(card_id, job, **changes) is not None

    def owe_again(self, card_id: int, job: str) -> bool:
        changes = {"message_id": None, "attempted_at": None, "not_before": None}
        reset = {"state": CardState.OWED, "maybe_posted": False}
        return self._update(card_id, job, **changes, **reset) is not None

    def mark_drawn(self, card_id: int, job: str, *, message_id: str, drawing: int, at: datetime) -> bool:
        parameters = {"card": card_id, "owner": job, "message": message_id, "drawing": drawing, "at": at}
        row = self._connection.execute(_MARK_DRAWN, parameters).one_or_none()
        if row is None:
            return False
        if row.caused_at is not None and row.posted_at == at:  # it is posted for the first time
            add_observation(self._connection, EVENT_TO_CARD, row.notifier, at - row.caused_at)
        return True

    def mark_failed(
        self, card_id: int, job: str, error: str, *, count_attempt: bool, dead: bool, unknown: bool
    ) -> int | None:
        attempts = cards.c.attempts + int(count_attempt)
        changes: dict[str, object] = {"attempts": attempts, "error": error, "claimed_by": None, "deaths": 0}
        if dead:
            changes |= {"state": CardState.DEAD, "given_up": True}
        if not unknown:
            changes["attempted_at"] = None
        return self._update(card_id, job, **changes)

    def reopen(self, card_id: int | None) -> int:
        dead = cards.c.state == DEAD_CARD
        # A click locks the cards of its review in another order: locked rows are skipped, not waited for.
        free_ids = sa.select(cards.c.id).where(dead).with_for_update(key_share=True, skip_locked=True)
        update = sa.update(cards).where(
            dead, cards.c.id.in_(free_ids) if card_id is None else cards.c.id == card_id
        )
        values = {"state": CardState.OWED, "attempts": 0, "wanted": cards.c.wanted + 1}
        values |= {"not_before": None, "maybe_posted": False, "due_since": _NOW, "due_at": _NOW, "deaths": 0}
        return self._connection.execute(update.values(values)).rowcount

    def find_dead(self) -> list[int]:
        query = sa.select(cards.c.id).where(cards.c.state == DEAD_CARD).order_by(cards.c.id)
        return list(self._connection.execute(query).scalars())

    def list_recent(self, limit: int, *, state: str | None = None) -> list[Post]:
        query = sa.select(cards).order_by(cards.c.id.desc()).limit(limit)
        if state is not None:
            query = query.where(cards.c.state == sa.literal(state, literal_execute=True))
        return [rows.build_card(row) for row in self._connection.execute(query).mappings()]

    def _update(self, card_id: int, job: str, **changes: object) -> int | None:
        """Change a card and return its attempts; `None` if another worker took it over."""
        parameters = {"card": card_id, "owner": job}
        attempts: int | None = self._connection.execute(
            _UPDATE_CLAIMED.values(**changes), parameters
        ).scalar_one_or_none()
        return attempts


def release_notices(connection: sa.Connection, review_id: str) -> None:
    """Let a review's outcome notices expire like others, because another review took its place."""
    connection.execute(_RELEASE, {"of_review": review_id})

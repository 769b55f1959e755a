"""The repository `ReviewRepository` on one connection."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from reviews.bulk_reviews.file_views import make_file_view
from reviews.errors import Conflict
from reviews.kinds import ChangeKind, ReviewState
from reviews.ports.reviews import ReviewSubject
from store import rows
from store.bulk_files import SqlBulkFileRepository, load_summaries
from store.cards import release_notices
from store.marks import (
    derive_marks,
    find_answers,
    list_index_pairs,
    put_index_rows,
    refresh_derived_columns,
    refresh_derived_columns_of,
)
from store.schema import answers, cards, review_files, reviews
from store.tallies import record_answer_time
from store.unknown_members import keep_unknown

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from datetime import datetime

    from reviews.identity import Reviewer
    from reviews.model import Answer, CarriedAcknowledgement, Post, Review

# The parts of a review are loaded with each: the queries are built once.
_IDS: sa.BindParameter[str] = sa.bindparam("ids", expanding=True)
_ANSWERS = sa.select(answers).where(answers.c.review_id.in_(_IDS)).order_by(answers.c.id)
_CARDS = sa.select(cards).where(cards.c.review_id.in_(_IDS), cards.c.cause == "").order_by(cards.c.id)
_ANSWERS_OF_ONE = (
    sa.select(answers).where(answers.c.review_id == sa.bindparam("review_id")).order_by(answers.c.id)
)
_CARDS_OF_ONE = (
    sa.select(cards)
    .where(cards.c.review_id == sa.bindparam("review_id"), cards.c.cause == "")
    .order_by(cards.c.id)
)
_ONE = sa.select(reviews).where(reviews.c.id == sa.bindparam("review_id"))
_SUBJECT = sa.select(
    reviews.c.id, reviews.c.route, reviews.c.file_id, reviews.c.title, reviews.c.revision
).where(reviews.c.id == sa.bindparam("review_id"))
_BY_NUMBER = (
    sa.select(reviews).where(reviews.c.seq.in_(sa.bindparam("seqs", expanding=True))).order_by(reviews.c.seq)
)
_LATEST = (
    sa.select(reviews)
    .where(reviews.c.file_id == sa.bindparam("file_id"), reviews.c.campaign == sa.literal_column("''"))
    .order_by(reviews.c.seq.desc())
    .limit(1)
)
# With the plain route SQLite may read all reviews of the route instead of those of the file.
_LATEST_OF_ROUTE = _LATEST.where(reviews.c.route.concat("") == sa.bindparam("route", type_=sa.Text))
_BEFORE = _LATEST_OF_ROUTE.where(
    reviews.c.seq < sa.bindparam("seq", type_=sa.Integer), reviews.c.state != ReviewState.REPLACED
)
_BULK_FILE = (
    sa.select(review_files)
    .where(review_files.c.file_id == sa.bindparam("file_id"), review_files.c.apart.is_(None))
    .order_by(review_files.c.position.desc())
    .limit(1)
)
_BULK_FILE_OF_ROUTE = _BULK_FILE.where(review_files.c.route == sa.bindparam("route"))
# The bulk review that holds the file, else the file's own: one statement at every change.
_LATEST_ON_ROUTE = sa.select(reviews).where(
    reviews.c.id
    == sa.func.coalesce(
        _BULK_FILE_OF_ROUTE.with_only_columns(review_files.c.review_id).scalar_subquery(),
        _LATEST_OF_ROUTE.with_only_columns(reviews.c.id).correlate(None).scalar_subquery(),
    )
)
_own = reviews.alias("own")
_TAKEN_APART = (
    sa.select(
        *(review_files.c.apart, review_files.c.review_id, review_files.c.file_id, _own.c.route, _own.c.seq),
        (reviews.c.answered_at <= _own.c.opened_at).label("was_answered"),
    )
    .join(_own, _own.c.id == review_files.c.apart)
    .join(reviews, reviews.c.id == review_files.c.review_id)
    .where(review_files.c.apart.in_(_IDS))
)
_PREDECESSORS = sa.select(reviews).where(reviews.c.superseded_by.in_(_IDS)).order_by(reviews.c.seq)
# Most reviews have none: one small query says so.
_HAVE_PREDECESSOR = sa.union_all(
    sa.select(reviews.c.superseded_by).where(reviews.c.superseded_by.in_(_IDS)),
    sa.select(review_files.c.apart).where(review_files.c.apart.in_(_IDS)),
)
_SUPERSEDE = (
    sa.update(reviews)
    .where(reviews.c.id == sa.bindparam("review_id"), reviews.c.superseded_by.is_(None))
    .values(superseded_by=sa.bindparam("newer_id"), remind_at=None)
)
_OLDEST = sa.select(reviews).order_by(reviews.c.seq.asc())
_NEWEST = sa.select(reviews).order_by(reviews.c.seq.desc())
_ADD = sa.insert(reviews).returning(reviews.c.seq)
_REVISE = (
    sa.update(reviews)
    .where(
        reviews.c.id == sa.bindparam("of_review"),
        reviews.c.state == ReviewState.OPEN,
        reviews.c.revision == sa.bindparam("from_revision"),
    )
    .returning(reviews)
)
_RECORD_ANSWER = (
    sa.update(reviews)
    .where(
        reviews.c.id == sa.bindparam("of_review"),
        reviews.c.state == ReviewState.OPEN,
        reviews.c.revision == sa.bindparam("of_revision"),
    )
    .returning(reviews)
)
_CHANGE = sa.update(reviews).where(reviews.c.id == sa.bindparam("of_review"))
_LABELS = ("title", "path", "link", "title_before", "path_before", "moved_to")
# The key stays unlocked: PostgreSQL checks it if a transaction writes something of the review twice.
# Otherwise a delivery, which holds its card, would wait for a click, which waits for that card.
_LOCKING = {
    query: query.with_for_update(key_share=True) for query in (_ONE, _LATEST_OF_ROUTE, _LATEST_ON_ROUTE)
}


class SqlReviewRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        self._locked: dict[str, sa.RowMapping] = {}
        """The rows about to be changed, as they were read: a newer release may have written more."""
        self._answers: dict[str, tuple[Answer, ...]] = {}
        """The answers of reviews that were locked; no other transaction adds any."""

    @cached_property
    def _bulk_files(self) -> SqlBulkFileRepository:
        return SqlBulkFileRepository(self._connection)

    def add(self, review: Review) -> None:
        marks = derive_marks(review)
        try:
            result = self._connection.execute(_ADD, {**rows.build_review_values(review), "marks": marks})
        except sa.exc.IntegrityError as error:
            raise Conflict("another worker opened a review of this file meanwhile") from error
        put_index_rows(self._connection, result.scalar_one(), list_index_pairs(marks))

    def get(self, review_id: str, *, lock: bool = False) -> Review | None:
        return self._find_one(_ONE, lock=lock, review_id=review_id)

    def lock(self, review_id: str) -> Review | None:
        return self._lock_plain(_ONE, {"review_id": review_id})

    def get_subject(self, review_id: str) -> ReviewSubject | None:
        row = self._connection.execute(_SUBJECT, {"review_id": review_id}).mappings().first()
        return ReviewSubject(**row) if row else None

    def get_many(self, review_ids: Sequence[str]) -> list[Review]:
        return self._load(sa.select(reviews).where(reviews.c.id.in_(review_ids))) if review_ids else []

    def find_latest(self, file_id: str, *, route: str | None = None) -> Review | None:
        bulk_review = self._find_bulk_review(file_id, route)
        if route is not None:
            return bulk_review or self._find_one(_LATEST_OF_ROUTE, file_id=file_id, route=route)
        own_review = self._find_one(_LATEST, file_id=file_id)
        # On its own route nothing is newer than the bulk review that holds a file, however early that began.
        if own_review is None or bulk_review is None or own_review.route == bulk_review.route:
            return bulk_review or own_review
        file = self._bulk_files.get(bulk_review.id, file_id)
        return bulk_review if file is not None and file.joined_at >= own_review.opened_at else own_review

    def _find_bulk_review(self, file_id: str, route: str | None) -> Review | None:
        """Return the bulk review that holds a file, as a view of that file.

        It holds the file until a newer review, of the file or of many, takes it over.
        """
        query, names = (_BULK_FILE, {}) if route is None else (_BULK_FILE_OF_ROUTE, {"route": route})
        row = self._connection.execute(query, {"file_id": file_id, **names}).mappings().first()
        review = self.get(row["review_id"]) if row else None
        return make_file_view(review, rows.build_bulk_file(row)) if row and review else None

    def find_latest_on_route(self, file_id: str, route: str, *, lock: bool = False) -> Review | None:
        names = {"file_id": file_id, "route": route}
        find = self._lock_plain if lock else self._find_plain
        review = find(_LATEST_ON_ROUTE, names)
        if review is None or review.kind is not ChangeKind.BULK:
            return review
        file = self._bulk_files.get(review.id, file_id)
        if file is None or file.apart is not None:
            # The transaction that had the review locked before has taken the file out.
            return find(_LATEST_OF_ROUTE, names)
        return make_file_view(review, file)

    def _find_plain(self, query: sa.Select[Any], values: Mapping[str, str]) -> Review | None:
        """Return a review from its own row."""
        row = self._connection.execute(query, values).mappings().first()
        return rows.build_review(row, (), ()) if row else None

    def _lock_plain(self, query: sa.Select[Any], values: Mapping[str, str]) -> Review | None:
        """Lock a review and return it with its answers."""
        row = self._connection.execute(_LOCKING[query], values).mappings().first()
        if row is None:
            return None
        self._locked[row["id"]] = row
        review_answers = find_answers(self._connection, row["id"])
        self._answers[row["id"]] = review_answers
        return rows.build_review(row, review_answers, ())

    def supersede(self, review_id: str, newer_id: str) -> bool:
        names = {"review_id": review_id, "newer_id": newer_id}
        if self._connection.execute(_SUPERSEDE, names).rowcount != 1:
            return False
        release_notices(self._connection, review_id)
        return True

    def find_predecessors(self, review_ids: Sequence[str]) -> dict[str, Review]:
        ids = {"ids": review_ids}
        if self._connection.execute(_HAVE_PREDECESSOR, ids).first() is None:
            return {}
        before = self._load(_PREDECESSORS, ids)
        predecessors = {review.superseded_by: review for review in before if review.superseded_by}
        unresolved_ids = [review_id for review_id in review_ids if review_id not in predecessors]
        for row in (
            self._connection.execute(_TAKEN_APART, {"ids": unresolved_ids}).all() if unresolved_ids else ()
        ):
            if (predecessor := self._find_predecessor_apart(row)) is not None:
                predecessors[row.apart] = predecessor
        return predecessors

    def _find_predecessor_apart(self, row: sa.Row[Any]) -> Review | None:
        """Return the predecessor for a file that left a bulk review: that review, if it was answered.

        Otherwise it is the file's own review before that one.
        """
        if not row.was_answered:
            names = {"file_id": row.file_id, "route": row.route, "seq": row.seq}
            return next(iter(self._load(_BEFORE, names)), None)
        bulk_review, file = self.get(row.review_id), self._bulk_files.get(row.review_id, row.file_id)
        return make_file_view(bulk_review, file) if bulk_review and file else None

    def relabel(self, review: Review) -> bool:
        labels = {name: getattr(review, name) for name in _LABELS}
        differences = [reviews.c[name].is_distinct_from(label) for name, label in labels.items()]
        update = (
            sa.update(reviews)
            .where(reviews.c.id == review.id, reviews.c.state == ReviewState.OPEN, sa.or_(*differences))
            .values(**labels, folders=review.folders)
        )
        if self._connection.execute(update).rowcount != 1:
            return False
        refresh_derived_columns(self._connection, review.id)
        return True

    def revise(self, review: Review) -> bool:
        parameters = {"of_review": review.id, "from_revision": review.revision - 1}
        result = self._connection.execute(_REVISE, {**self._keep_unknown_members(review), **parameters})
        row = result.mappings().one_or_none()
        if row is None:
            return False
        refresh_derived_columns_of(self._connection, row, answers=self._answers.get(review.id))
        return True

    def _keep_unknown_members(self, review: Review) -> dict[str, Any]:
        before = dict(self._locked.get(review.id, {}))
        return {
            name: keep_unknown(each, before.get(name))
            for name, each in rows.build_review_values(review).items()
        }

    def record_answer(
        self, review_id: str, answer: Answer, state: ReviewState, *, remind_at: datetime | None = None
    ) -> bool:
        parameters = {
            "of_review": review_id,
            "of_revision": answer.revision,
            "state": state,
            "remind_at": remind_at,
        }
        row = self._connection.execute(_RECORD_ANSWER, parameters).mappings().one_or_none()
        if row is None:
            return False
        self._connection.execute(
            sa.insert(answers), {**rows.build_answer_values(answer), "review_id": review_id}
        )
        before = self._answers.pop(review_id, None)
        after = None if before is None else (*before, answer)
        refresh_derived_columns_of(self._connection, row, answers=after)
        record_answer_time(self._connection, review_id, answer.at)
        return True

    def carry(self, review: Review, carried: CarriedAcknowledgement) -> bool:
        parameters = {"of_review": review.id, "of_revision": review.revision}
        carried_values = rows.build_carried_values(carried)
        values = {"state": ReviewState.CARRIED, "carried": carried_values, "remind_at": None}
        result = self._connection.execute(_RECORD_ANSWER, {**parameters, **values})
        row = result.mappings().one_or_none()
        if row is None:
            return False
        refresh_derived_columns_of(self._connection, row, answers=self._answers.get(review.id))
        return True

    def close(self, review_id: str, *, at: datetime) -> bool:
        is_open = (reviews.c.id == review_id, reviews.c.state == ReviewState.OPEN)
        values = {"state": ReviewState.CLOSED, "closed_at": at, "remind_at": None}
        update = sa.update(reviews).where(*is_open).values(values)
        row = self._connection.execute(update.returning(reviews)).mappings().one_or_none()
        if row is None:
            return False
        refresh_derived_columns_of(self._connection, row, answers=self._answers.get(review_id))
        return True

    def withdraw(
        self, review_id: str, answer: Answer, state: ReviewState, *, remind_at: datetime | None
    ) -> None:
        self._answers.pop(review_id, None)
        conditions = (reviews.c.id == review_id, reviews.c.superseded_by.is_(None))
        answers_update = sa.update(answers).where(
            answers.c.id.in_(self._find_matching_answers(review_id, answer))
        )
        values = {"state": state, "remind_at": remind_at}
        try:
            changed = self._connection.execute(sa.update(reviews).where(*conditions).values(values))
        except sa.exc.IntegrityError as error:
            raise Conflict("a newer review of this file is open") from error
        withdrawn = self._connection.execute(answers_update.values(withdrawn_at=answer.withdrawn_at))
        if changed.rowcount != 1 or withdrawn.rowcount != 1:
            raise Conflict("a newer review of this file took the place of this one")
        self._bulk_files.recount(review_id)
        refresh_derived_columns(self._connection, review_id)

    def _find_matching_answers(self, review_id: str, answer: Answer) -> list[int]:
        """Return the number of this answer: two people may have answered in the same moment."""
        conditions = (
            answers.c.review_id == review_id,
            answers.c.at == answer.at,
            answers.c.withdrawn_at.is_(None),
        )
        original = replace(answer, withdrawn_at=None)
        matches = self._connection.execute(sa.select(answers).where(*conditions)).mappings()
        return [row["id"] for row in matches if rows.build_answer(row) == original]

    def reassign(self, review: Review) -> None:
        self._update(
            review.id,
            owners=list(review.owners),
            reassigned_to=list(review.reassigned_to),
            handed_over=rows.build_reassignment_values(review.last_reassignment),
        )
        refresh_derived_columns(self._connection, review.id)

    def save_stand_ins(self, review: Review) -> None:
        self._update(review.id, stand_ins=rows.build_stand_in_values(review.stand_ins))
        refresh_derived_columns(self._connection, review.id)

    def snooze(
        self, review_id: str, until: datetime, *, snoozed_by: Reviewer, remind_at: datetime | None
    ) -> None:
        self._update(review_id, snoozed_until=until, snoozer=snoozed_by.to_stored(), remind_at=remind_at)

    def list_due_ids(self, now: datetime, limit: int, *, exclude: Collection[str] = ()) -> list[str]:
        due = sa.select(reviews.c.id).where(reviews.c.remind_at.is_not(None), reviews.c.remind_at <= now)
        if exclude:
            due = due.where(reviews.c.id.not_in(exclude))
        review_ids = self._connection.execute(due.order_by(reviews.c.remind_at).limit(limit))
        return list(review_ids.scalars())

    def list_ids_without_look(self, reminding_routes: Collection[str]) -> list[str]:
        is_timed = sa.or_(
            sa.and_(reviews.c.due_at.is_not(None), reviews.c.lapsed_at.is_(None)),
            reviews.c.snoozed_until.is_not(None),
            reviews.c.route.in_(reminding_routes),
        )
        is_forgotten = sa.and_(reviews.c.state == ReviewState.OPEN, reviews.c.remind_at.is_(None), is_timed)
        query = sa.select(reviews.c.id).where(is_forgotten).order_by(reviews.c.seq)
        return list(self._connection.execute(query).scalars())

    def save_clock(self, review: Review) -> None:
        names = ("remind_at", "reminders", "steps_taken", "follow_ups", "lapsed_at")
        members = {name: getattr(review, name) for name in names}
        self._update(review.id, **members, last_step=rows.build_last_step_values(review.last_step))

    def _update(self, review_id: str, **values: object) -> None:
        self._connection.execute(_CHANGE, {**values, "of_review": review_id})

    def list_recent(
        self, limit: int, *, state: str | None = None, route: str | None = None, oldest_first: bool = False
    ) -> list[Review]:
        query = (_OLDEST if oldest_first else _NEWEST).limit(limit)
        if state is not None:
            query = query.where(reviews.c.state == sa.literal(state, literal_execute=True))
        if route is not None:
            query = query.where(reviews.c.route == route)
        return self._load(query)

    def list_by_number(self, seqs: Sequence[int]) -> list[Review]:
        """Return the reviews of these numbers, in their order."""
        loaded = self._load(_BY_NUMBER, {"seqs": seqs}) if seqs else []
        by_seq = dict(zip(sorted(seqs), loaded, strict=True))
        return [by_seq[seq] for seq in seqs]

    def _find_one(
        self, query: sa.Select[tuple[object, ...]], *, lock: bool = False, **values: str
    ) -> Review | None:
        return next(iter(self._load(_LOCKING[query] if lock else query, values, locked=lock)), None)

    def _load(
        self,
        query: sa.Select[tuple[object, ...]],
        values: Mapping[str, Any] | None = None,
        *,
        locked: bool = False,
    ) -> list[Review]:
        """Load reviews with their answers and cards: three queries, however many reviews.

        A bulk review takes one more, for its first files, and all of them together one.
        """
        loaded = self._connection.execute(query, values).mappings().all()
        ids = [row["id"] for row in loaded]
        answers_of: dict[str, list[Answer]] = {review_id: [] for review_id in ids}
        cards_of: dict[str, list[Post]] = {review_id: [] for review_id in ids}
        if ids:
            is_one = len(ids) == 1
            names = {"review_id": ids[0]} if is_one else {"ids": ids}
            for row in self._connection.execute(_ANSWERS_OF_ONE if is_one else _ANSWERS, names).mappings():
                answers_of[row["review_id"]].append(rows.build_answer(row))
            for row in self._connection.execute(_CARDS_OF_ONE if is_one else _CARDS, names).mappings():
                cards_of[row["review_id"]].append(rows.build_card(row))
        if locked:
            self._locked.update((row["id"], row) for row in loaded)
            self._answers.update((review_id, tuple(each)) for review_id, each in answers_of.items())
        bulk_ids = [row["id"] for row in loaded if row["kind"] == ChangeKind.BULK]
        bulks = load_summaries(self._connection, bulk_ids) if bulk_ids else {}
        return [
            rows.build_review(
                row, tuple(answers_of[row["id"]]), tuple(cards_of[row["id"]]), bulks.get(row["id"])
            )
            for row in loaded
        ]

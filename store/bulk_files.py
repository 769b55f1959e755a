"""The repository `BulkFileRepository` on one connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from reviews.bulk import MAX_FIRST_FILES, BulkSummary, BulkTiming
from reviews.errors import Conflict
from reviews.identity import ERASED
from reviews.kinds import CardState, ChangeKind, ReviewState
from reviews.ledger.people_commitments import ERASED_PERSON
from reviews.ports.listing import MarkKind
from reviews.stored_enums import read_enum
from store import rows
from store.cards import release_notices
from store.chain import walk_entries_of
from store.marks import add_file_marks, format_mark, refresh_derived_columns
from store.schema import bulk_reviews, cards, review_file_people, review_files, review_index, reviews

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviews.bulk import BulkFile
    from reviews.identity import Person
    from reviews.model import Review
    from reviews.ports.ledger import LedgerEntry

MAX_NAME_LENGTH = 400
_HIDDEN = "hidden"
"""Marks a file with a contributor who has an id and no address."""
_GATHERED = sa.select(bulk_reviews).where(bulk_reviews.c.review_id.in_(sa.bindparam("ids", expanding=True)))
_ABSORB = sa.update(reviews).where(
    reviews.c.id == sa.bindparam("of_review"), reviews.c.state == ReviewState.OPEN
)
# Never the newest card, because SQLite would reuse its number: the bulk review's card is owed before.
_DROP_UNTRIED = sa.delete(cards).where(
    cards.c.review_id == sa.bindparam("of_review"),
    cards.c.claimed_by.is_(None),
    cards.c.state == CardState.OWED,
    cards.c.attempted_at.is_(None),
)
_FIRST = (
    sa.select(review_files)
    .where(review_files.c.review_id == sa.bindparam("review_id"), review_files.c.apart.is_(None))
    .order_by(review_files.c.place, review_files.c.position)
    .limit(MAX_FIRST_FILES)
)
_FILE = sa.select(review_files).where(
    review_files.c.review_id == sa.bindparam("review_id"), review_files.c.file_id == sa.bindparam("file_id")
)
_TIMING = (
    sa.select(reviews.c.route, reviews.c.opened_at, bulk_reviews.c.joined_at)
    .join(reviews, reviews.c.id == bulk_reviews.c.review_id)
    .where(bulk_reviews.c.review_id == sa.bindparam("review_id"), reviews.c.state == ReviewState.OPEN)
)


class SqlBulkFileRepository:
    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection

    def list_files(self, review_id: str, *, after: int = 0, limit: int = 100) -> list[BulkFile]:
        conditions = (review_files.c.review_id == review_id, review_files.c.position > after)
        query = sa.select(review_files).where(*conditions).order_by(review_files.c.position).limit(limit)
        return [rows.build_bulk_file(row) for row in self._connection.execute(query).mappings()]

    def count(self, review_id: str) -> int:
        query = sa.select(bulk_reviews.c.count).where(bulk_reviews.c.review_id == review_id)
        return self._connection.execute(query).scalar_one_or_none() or 0

    def search(self, review_id: str, *, title: str, skip: int, limit: int) -> list[BulkFile]:
        # Only positions are sorted; only the rows of one page are read whole.
        matching = (
            sa.select(review_files.c.position)
            .where(*_match_title(review_id, title))
            .order_by(review_files.c.place, review_files.c.position)
            .offset(skip)
            .limit(limit)
        )
        positions = list(self._connection.execute(matching).scalars())
        query = sa.select(review_files).where(review_files.c.position.in_(positions))
        by_position = {row["position"]: row for row in self._connection.execute(query).mappings()}
        return [rows.build_bulk_file(by_position[position]) for position in positions]

    def count_matches(self, review_id: str, *, title: str) -> int:
        query = sa.select(sa.func.count()).select_from(review_files).where(*_match_title(review_id, title))
        return self._connection.execute(query).scalar_one()

    def get(self, review_id: str, file_id: str) -> BulkFile | None:
        return self._find_file(_FILE, review_id=review_id, file_id=file_id)

    def recount(self, review_id: str) -> None:
        conditions = (review_files.c.review_id == review_id, review_files.c.apart.is_(None))
        query = sa.select(review_files.c.kind, sa.func.count().label("number")).where(*conditions)
        result = self._connection.execute(query.group_by(review_files.c.kind)).all()
        kinds = {row.kind: row.number for row in result}
        update = sa.update(bulk_reviews).where(bulk_reviews.c.review_id == review_id)
        self._connection.execute(update.values(kinds=kinds, count=sum(kinds.values())))

    def add_file(self, review: Review, file: BulkFile) -> None:
        values = {**rows.build_bulk_file_values(file), "review_id": review.id, "route": review.route}
        insert = sa.insert(review_files).returning(review_files.c.position)
        try:
            position: int = self._connection.execute(insert, values).scalar_one()
        except sa.exc.IntegrityError as error:
            raise Conflict("another worker had this file join meanwhile") from error
        self._insert_people(review.id, file.contributors, position)
        add_file_marks(self._connection, review, file)

    def update_file(self, review: Review, file: BulkFile) -> None:
        update = sa.update(review_files).where(review_files.c.position == file.position)
        self._connection.execute(update.values(rows.build_bulk_file_values(file)))
        conditions = (
            review_file_people.c.review_id == review.id,
            review_file_people.c.position == file.position,
        )
        self._connection.execute(sa.delete(review_file_people).where(*conditions))
        self._insert_people(review.id, file.contributors, file.position)
        add_file_marks(self._connection, review, file)

    def mark_taken_apart(self, review_id: str, file_id: str, *, own_review_id: str) -> bool:
        conditions = (review_files.c.review_id == review_id, review_files.c.file_id == file_id)
        update = (
            sa.update(review_files)
            .where(*conditions, review_files.c.apart.is_(None))
            .values(apart=own_review_id)
        )
        return self._connection.execute(update).rowcount == 1

    def count_contributed(self, review_id: str, people: Sequence[Person]) -> int:
        names = sorted({name for person in people for name in _list_keys(person)} - {_HIDDEN})
        wrote = (review_file_people.c.review_id == review_id, review_file_people.c.who.in_(names))
        number = sa.func.count(sa.distinct(review_files.c.position))
        join_condition = review_files.c.position == review_file_people.c.position
        query = sa.select(number).select_from(review_file_people.join(review_files, join_condition))
        return self._connection.execute(query.where(*wrote, review_files.c.apart.is_(None))).scalar_one()

    def has_erased_contributor(self, review_id: str) -> bool:
        of_review = sa.select(reviews.c.seq).where(reviews.c.id == review_id).scalar_subquery()
        mark = format_mark(MarkKind.CONTRIBUTOR, ERASED)
        query = sa.select(review_index.c.seq).where(
            review_index.c.kind == str(ChangeKind.BULK),
            review_index.c.value == mark,
            review_index.c.seq == of_review,
        )
        # A mark is in lower case: whether it is that of someone who is called so, only the entries say.
        is_marked = self._connection.execute(query).first() is not None
        return is_marked and any(map(_names_erased_person, walk_entries_of(self._connection, review_id)))

    def is_contributor_hidden(self, review_id: str) -> bool:
        hidden = (review_file_people.c.review_id == review_id, review_file_people.c.who == _HIDDEN)
        join_condition = review_files.c.position == review_file_people.c.position
        query = sa.select(review_files.c.position).join(review_file_people, join_condition)
        hidden_query = query.where(*hidden, review_files.c.apart.is_(None)).limit(1)
        return self._connection.execute(hidden_query).first() is not None

    def find_timing(self, review_id: str) -> BulkTiming | None:
        row = self._connection.execute(_TIMING, {"review_id": review_id}).mappings().first()
        return BulkTiming(**row) if row else None

    def absorb(self, review_id: str, *, bulk_review_id: str) -> bool:
        values = {"state": ReviewState.REPLACED, "superseded_by": bulk_review_id, "remind_at": None}
        if self._connection.execute(_ABSORB, {**values, "of_review": review_id}).rowcount != 1:
            return False
        refresh_derived_columns(self._connection, review_id)
        self._connection.execute(_DROP_UNTRIED, {"of_review": review_id})
        release_notices(self._connection, review_id)
        return True

    def _insert_people(self, review_id: str, people: Iterable[Person], position: int) -> None:
        names = sorted({name for person in people for name in _list_keys(person)})
        if names:
            new = [{"review_id": review_id, "who": name, "position": position} for name in names]
            self._connection.execute(sa.insert(review_file_people), new)

    def _find_file(self, query: sa.Select[tuple[object, ...]], **values: str) -> BulkFile | None:
        row = self._connection.execute(query, values).mappings().first()
        return rows.build_bulk_file(row) if row else None


def _names_erased_person(entry: LedgerEntry) -> bool:
    doers = [person for act in entry.get("acts") or () for person in act["people"]]
    return ERASED_PERSON in [*(entry.get("contributors") or ()), *doers]


def _match_title(review_id: str, title: str) -> list[sa.ColumnElement[bool]]:
    """Return the conditions for files of a review; `place` is path and title in lower case, cut."""
    conditions = [review_files.c.review_id == review_id]
    if title:
        place, title_column = review_files.c.place, review_files.c.title
        conditions.append(
            sa.or_(
                place.contains(title.casefold(), autoescape=True),
                title_column.icontains(title, autoescape=True),
            )
        )
    return conditions


def load_summaries(connection: sa.Connection, review_ids: Sequence[str]) -> dict[str, BulkSummary]:
    """Return what the cards of these bulk reviews show of their files; counts are stored, not computed."""
    if not review_ids:
        return {}
    result = connection.execute(_GATHERED, {"ids": list(review_ids)}).mappings().all()
    return {row["review_id"]: _build_summary(connection, row) for row in result}


def _build_summary(connection: sa.Connection, row: sa.RowMapping) -> BulkSummary:
    first = connection.execute(_FIRST, {"review_id": row["review_id"]}).mappings()
    kinds = [(read_enum(ChangeKind, kind), number) for kind, number in row["kinds"].items() if number]
    return BulkSummary(
        count=row["count"],
        kinds=tuple(sorted(kinds, key=lambda each: (-each[1], each[0]))),
        sample_files=tuple(map(rows.build_bulk_file, first)),
        joined_at=row["joined_at"],
    )


def _list_keys(person: Person) -> list[str]:
    """Return each key under which a person is stored among the contributors of a file."""
    keys = [f"id:{person.id}"] if person.id else []
    keys += [f"at:{person.email.casefold()}"] if person.email else []
    hidden = [_HIDDEN] if person.id and not person.email else []
    return [name[:MAX_NAME_LENGTH] for name in (*keys, *hidden)]

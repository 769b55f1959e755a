"""The life of one review, as its ledger entries up to now leave it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviews.kinds import ReviewState
from reviews.pack.erased_owners import NumberedDuty
from reviews.pack.report import PackedAnswer, PackedReview
from reviews.quorum import derive_state, list_valid_answers

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from reviews.identity import Person
    from reviews.model import Answer

_SETTLED = frozenset({ReviewState.ACKNOWLEDGED, ReviewState.CHANGES_REQUESTED})


@dataclass(kw_only=True, slots=True)
class RecordedAnswer:
    """An answer with what only its entry has.

    That is its number, the whole reviewer, what was opened before, and the name of the person for whom the
    reviewer stood in, empty for no one.
    """

    answer: Answer
    entry: int
    reviewer: object
    opened: Mapping[str, datetime | None] | None
    absent: str = ""


@dataclass(kw_only=True, slots=True)
class ReviewLife:
    """A review in the middle of its entries.

    `files` has the ids of a bulk review's files. `gone` has the ids of documents that are not there, or of
    the folders with which they went. `ended_unanswered` has the numbers of revisions. `given_up` counts by
    channel, place and kind.
    """

    id: str
    opened_at: datetime
    file_id: str = ""
    kind: str = ""
    title: str = ""
    path: str = ""
    due_at: datetime | None = None
    revision: int = 0
    version: int | None = None
    owners: tuple[str, ...] = ()
    contributors: tuple[Person, ...] = ()
    required: int | None = 1
    recorded: list[RecordedAnswer] = field(default_factory=list)
    state: ReviewState = ReviewState.OPEN
    settled_at: datetime | None = None
    lapsed_at: datetime | None = None
    lapsed_step: str = ""
    escalations: int = 0
    follow_ups: int = 0
    superseded_by: str | None = None
    removed_at: datetime | None = None
    carried: bool = False
    absorbed: bool = False
    files: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    ended_unanswered: set[int] = field(default_factory=set)
    given_up: Counter[tuple[str, ...]] = field(default_factory=Counter)
    entries: list[int] = field(default_factory=list)

    @property
    def answers(self) -> list[Answer]:
        return [each.answer for each in self.recorded]

    @property
    def is_over(self) -> bool:
        """Whether no later entry can open it again."""
        return self.superseded_by is not None or self.absorbed or self.removed_at is not None

    def build_packed_review(self) -> PackedReview:
        return PackedReview(
            id=self.id,
            kind=self.kind,
            file_id=self.file_id,
            title=self.title,
            path=self.path,
            opened_at=self.opened_at,
            due_at=self.due_at,
            revision=self.revision,
            version=self.version,
            owners=self.owners,
            required=self.required,
            state=self.state,
            settled_at=self.settled_at,
            lapsed_at=self.lapsed_at,
            superseded_by=self.superseded_by,
            carried=self.carried,
            document_gone=bool(self.gone),
            unanswered=len(self.ended_unanswered),
            given_up=self.given_up.total(),
            answers=tuple(map(_build_packed_answer, self.recorded)),
            entries=tuple(self.entries),
            files=len(self.files) or 1,
            removed_at=self.removed_at,
            lapsed_step=self.lapsed_step,
            escalations=self.escalations,
            follow_ups=self.follow_ups,
        )

    def update_state(self) -> None:
        """Derive the state from the answers; the last one that counts has settled it."""
        answers = list_valid_answers(self)
        self.state = self._derive_state(answers)
        is_settled = self.state in _SETTLED
        self.settled_at = answers[-1].at if is_settled else None
        if is_settled:
            self.ended_unanswered.discard(self.revision)

    def _derive_state(self, answers: Sequence[Answer]) -> ReviewState:
        """Return the state by the rule of the product, which an entry that closed the review goes before."""
        if self.absorbed:
            return ReviewState.REPLACED
        if self.carried:
            return ReviewState.CARRIED
        if not answers:
            return ReviewState.OPEN
        duty = NumberedDuty.from_duty(self, answers)
        state = derive_state(duty, duty.answers)
        # Only what was answered gets a newer review or is removed. Which erased owner wrote it is unknown.
        return ReviewState.ACKNOWLEDGED if state is ReviewState.OPEN and self.is_over else state


def _build_packed_answer(recorded: RecordedAnswer) -> PackedAnswer:
    answer = recorded.answer
    return PackedAnswer(
        entry=recorded.entry,
        reviewer=answer.reviewer.name,
        email=answer.reviewer.email,
        decision=answer.decision,
        at=answer.at,
        revision=answer.revision,
        version=answer.version,
        late=answer.late,
        own_change=answer.own_change,
        identity=answer.identity.value,
        note=answer.note,
        opened=recorded.opened,
        withdrawn_at=answer.withdrawn_at,
        absent=recorded.absent,
        absent_email=answer.stand_in_for,
    )

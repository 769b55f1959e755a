"""What a pack says: the population, its figures, exceptions, the sample, and what it does not cover.

All of it comes from ledger entries that a checkpoint covers; completeness also from the sweep's watermarks.
Times are UTC. Names and addresses that were erased read `erased`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviews.pack.pack_request import PackRequest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from reviews.kinds import Decision, ReviewState
    from reviews.pack.campaign_report import PackedCampaign


@dataclass(frozen=True, kw_only=True)
class PackedAnswer:
    """An answer as its entry says it. `opened` is when each item was first opened before, if recorded.

    `absent` is the name of the person for whom the reviewer stood in, empty for no one.
    """

    entry: int
    reviewer: str
    email: str | None
    decision: Decision
    at: datetime
    revision: int
    version: int | None
    late: bool
    own_change: bool
    identity: str
    note: str | None
    opened: Mapping[str, datetime | None] | None
    withdrawn_at: datetime | None
    absent: str = ""
    absent_email: str | None = None


@dataclass(frozen=True, kw_only=True)
class PackedReview:
    """A review of the population, as its last entry under the checkpoint leaves it.

    Attributes:
        state: Open, or how it ended.
        settled_at: When it was acknowledged by as many as it takes, or changes were requested; `None` if not.
        carried: The same content had been acknowledged before, so no one was asked.
        document_gone: Its document went while it was open, or one of its files, and is not back.
        unanswered: How many of its revisions ended without the answers that they needed, or are open while
            their document is gone.
        given_up: How many of its cards and notices were not delivered.
        files: How many files it is about: of a bulk review those that joined and were not taken out, else 1.
        entries: The numbers of its entries, in order.
        removed_at: When it was removed with its answers, since it was closed for long enough; `None` if not.
        lapsed_step: When the last step of its ladder came, such as `100%`; empty where its entry has none.
        escalations: How often a step asked others too, or notified a channel.
        follow_ups: How often the contributors were asked again for requested changes.
    """

    id: str
    kind: str
    file_id: str
    title: str
    path: str
    opened_at: datetime
    due_at: datetime | None
    revision: int
    version: int | None
    owners: tuple[str, ...]
    required: int | None
    state: ReviewState
    settled_at: datetime | None
    lapsed_at: datetime | None
    superseded_by: str | None
    carried: bool
    document_gone: bool
    unanswered: int
    given_up: int
    answers: tuple[PackedAnswer, ...]
    entries: tuple[int, ...]
    files: int = 1
    removed_at: datetime | None = None
    lapsed_step: str = ""
    escalations: int = 0
    follow_ups: int = 0


@dataclass(frozen=True, kw_only=True)
class DurationShare:
    """How many reviews took up to `up_to` seconds, and longer than the bound before; `None`: any longer."""

    up_to: int | None
    count: int


@dataclass(frozen=True, kw_only=True)
class PackFigures:
    """Counts of reviews of the population, unless something else is said.

    `acknowledged`, `changes_requested`, `carried`, `superseded_unanswered` and `open` are all of them.

    Attributes:
        brought_forward: Reviews opened before the period and still open when it began; not in the population.
        superseded_unanswered: Those whose duty went on in a bulk review before they were answered.
        overdue_open: Open, with a deadline before the pack was made.
        documents: Files of the acknowledged reviews: a bulk review has many.
        late: Settled after the deadline.
        lapsed: Those whose last step was taken before they were answered, whatever came later.
        escalated: Those of which a step asked others too, or notified a channel.
        followed_up: Those of which the contributors were asked again for requested changes.
        unanswered_revisions: Revisions that ended without an answer.
        withdrawn: Reviews of which an answer was withdrawn.
        own_changes: Answers by someone who had contributed to the change, also those withdrawn later.
        rapid_answers: Answers in rapid runs, one for each review of a run.
        given_up: Reviews of which a card or notice was not delivered.
        erased: Reviews of which the name of an owner or reviewer was erased.
        median_seconds, p90_seconds: From the opening of a review to its acknowledgement; `None` without any.
        durations: The same, as counts by bounds that rise.
    """

    population: int
    brought_forward: int
    acknowledged: int
    changes_requested: int
    carried: int
    superseded_unanswered: int
    open: int
    overdue_open: int
    documents: int
    late: int
    lapsed: int
    escalated: int
    followed_up: int
    document_gone: int
    unanswered_revisions: int
    withdrawn: int
    own_changes: int
    rapid_answers: int
    given_up: int
    erased: int
    median_seconds: int | None
    p90_seconds: int | None
    durations: tuple[DurationShare, ...]


@dataclass(frozen=True, kw_only=True)
class OwnChange:
    """An answer by someone who had contributed to what they answered."""

    review: PackedReview
    answer: PackedAnswer


@dataclass(frozen=True, kw_only=True)
class RapidRun:
    """Acknowledgements by one person in a row, each sooner after the last than a document can be read."""

    reviewer: str
    email: str | None
    began_at: datetime
    ended_at: datetime
    review_ids: tuple[str, ...]
    shortest_seconds: int


@dataclass(frozen=True, kw_only=True)
class StoryLine:
    """One entry of a review in words of the pack's language."""

    entry: int
    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True)
class SampledReview:
    """A review of the sample, and what happened to it. `left_out` counts lines of a long story."""

    review: PackedReview
    story: tuple[StoryLine, ...]
    left_out: int


@dataclass(frozen=True, kw_only=True)
class PackSample:
    """The sample: reviews drawn with `seed`, in a way that anyone can repeat, and in the order drawn.

    `size` is how many were asked for: of a smaller population, the sample is all reviews.
    """

    seed: str
    size: int
    reviews: tuple[SampledReview, ...]


@dataclass(frozen=True, kw_only=True)
class IncompletePart:
    """A time for which changes in a folder may be missing or were handled late; without `to`, it still is."""

    since: datetime
    to: datetime | None
    reason: str


@dataclass(frozen=True, kw_only=True)
class FolderCompleteness:
    """From when and up to when all changes of a watched folder were handled, `None` if that is not known.

    `since` is when the first look at the folder was finished: of changes before, nothing is known. An empty
    `folder_id` stands for many folders of the route that were not complete at the same time; then `since` and
    `up_to` are those of all folders. `incomplete` has what touches the period. `is_watched` says whether the
    route still watches the folder.
    """

    folder_id: str
    title: str
    since: datetime | None
    up_to: datetime | None
    incomplete: tuple[IncompletePart, ...]
    is_watched: bool = True


@dataclass(frozen=True, kw_only=True)
class FiguresWithoutReview:
    """What the ledger says of the route in the period beside reviews: numbers of entries."""

    unrouted_changes: int
    folders_gone: int
    owners_gone: int


@dataclass(frozen=True, kw_only=True)
class PackReport:
    """Everything that the PDF and the spreadsheet of a pack say.

    Attributes:
        since, until: The period in which the reviews of the population were opened, `until` exclusive.
        reviews: The population, by when they were opened; those of campaigns are none of it.
        campaigns: Those on the route whose time, from their start to their deadline, touches the period.
    """

    route: str
    since: datetime
    until: datetime
    made_at: datetime
    reviews: tuple[PackedReview, ...]
    figures: PackFigures
    own_changes: tuple[OwnChange, ...]
    rapid_runs: tuple[RapidRun, ...]
    sample: PackSample
    completeness: tuple[FolderCompleteness, ...]
    without_review: FiguresWithoutReview
    campaigns: tuple[PackedCampaign, ...] = ()

    @property
    def review_ids(self) -> set[str]:
        """The ids of all reviews whose entries the pack has: the population, and those of campaigns."""
        of_campaigns = {each.review_id for campaign in self.campaigns for each in campaign.requests}
        return {review.id for review in self.reviews} | of_campaigns

    @property
    def request(self) -> PackRequest:
        """What it was asked to be about."""
        return PackRequest(
            route=self.route,
            since=self.since,
            until=self.until,
            sample_size=self.sample.size,
            seed=self.sample.seed,
        )


@dataclass(frozen=True, kw_only=True)
class PackEvidence:
    """What proves the report: the checkpoint that covers it, who signed it, and its timestamps.

    `root` is in lower-case hex. `verifier_key` is that of the installation, or else the last one that signed.
    """

    origin: str
    size: int
    root: str
    verifier_key: str | None
    witnesses: tuple[str, ...]
    timestamped_at: tuple[datetime, ...]

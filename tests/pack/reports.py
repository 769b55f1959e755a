"""Made-up reports of packs, for what is printed of them. The same count and seed make the same report."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

from reviews.kinds import Decision, ReviewState
from reviews.pack.figures import is_overdue
from reviews.pack.report import (
    DurationShare,
    FiguresWithoutReview,
    FolderCompleteness,
    IncompletePart,
    OwnChange,
    PackedAnswer,
    PackedReview,
    PackEvidence,
    PackFigures,
    PackReport,
    PackSample,
    RapidRun,
    SampledReview,
    StoryLine,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SINCE = datetime.fromisoformat("2026-01-01T00:00Z")  # the edges of a period
UNTIL = datetime.fromisoformat("2027-01-01T00:00Z")
MADE_AT = datetime(2027, 1, 12, 8, 30, 5, 710_342, tzinfo=UTC)
HOSTILE_TITLES = (
    '#import "x": y',
    "Price $x^2$ \\ *bold* _it_ `raw` <label> @cite",
    "[unbalanced #[ #{ }",
    "= Heading // comment /* no */",
    "W" * 400,
    "quarterly_report_final_v2_signed_by_everyone_but_the_auditor.docx",
    "Line\nbreak\ttab\x07bell",
    "annual\u202excod.exe",
    "https://example.com/a/b?c=d#e",
    "מדיניות פרטיות 2026.docx",
    "-- --- ... ~ 'quotes' \"double\"",
    "+ 1. item\\u{41}",
)
UNDRAWABLE_TITLES = ("四半期報告書 2026.docx", "🧾 Receipt 👩‍💻.pdf")
PLAIN_TITLES = (
    "Supplier agreement.docx",
    "Data protection policy.docx",
    "Business continuity plan 2026.docx",
    "Price list, EMEA.xlsx",
    "Onboarding checklist.docx",
    "Incident response runbook.docx",
    "Datenschutzfolgenabschätzung Lohnbuchhaltung.docx",
    "Board decisions, third quarter.docx",
)
FOLDERS = (
    "Compliance/Policies",
    "Compliance/Contracts/EMEA",
    "Compliance/Finance/Year end 2026/Drafts, board meeting",
)
PEOPLE = (
    ("Olga Ivanova", "olga@company.com"),
    ("Jürgen Müller-Lüdenscheidt", "juergen.mueller-luedenscheidt@subsidiary.company.com"),
    ("Bob Chen (external)", "bob@example.com"),
    ("Alice Moreau", "alice@company.com"),
    ("erased", "erased"),
)
BOUNDS = (3600, 4 * 3600, 8 * 3600, 86400, 2 * 86400, 5 * 86400, 14 * 86400, None)
_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
_STATES = (
    *(ReviewState.ACKNOWLEDGED,) * 86,
    *(ReviewState.CHANGES_REQUESTED,) * 5,
    *(ReviewState.CARRIED,) * 3,
    *(ReviewState.REPLACED,) * 2,
    *(ReviewState.OPEN,) * 4,
)


def make_evidence() -> PackEvidence:
    return PackEvidence(
        origin="docs.company.com/ledger",
        size=41_234,
        root="3f2a9c" + "0b17d4e8" * 7 + "aa",
        verifier_key="docs.company.com/ledger+5a1c9e0b+AZ7q0rWf6m8o1yXG2c3Kp4uTq9sV5wLx7dNhE8bJzR0k",
        witnesses=("witness.example.org/one", "witness.example.net/two"),
        timestamped_at=(MADE_AT - timedelta(days=1, hours=2),),
    )


def make_bare_evidence() -> PackEvidence:
    """Return the evidence of a ledger without witness and timestamp."""
    return replace(make_evidence(), witnesses=(), timestamped_at=())


def make_report(
    count: int, *, seed: int = 1, sample_size: int = 25, titles: Sequence[str] = HOSTILE_TITLES
) -> PackReport:
    """Return a report of a year with `count` reviews; each of `titles` is among them if there are enough."""
    random = Random(seed)  # noqa: S311 - the same report each time
    reviews = tuple(_make_review(number, count, titles, random) for number in range(count))
    own_changes = tuple(
        OwnChange(review=review, answer=answer)
        for review in reviews
        for answer in review.answers
        if answer.own_change
    )
    runs = tuple(_make_run(reviews[start : start + 6]) for start in range(40, count - 6, 700))
    drawn = sorted(random.sample(range(count), min(sample_size, count)))
    return PackReport(
        route="compliance",
        since=SINCE,
        until=UNTIL,
        made_at=MADE_AT,
        reviews=reviews,
        figures=_count_figures(reviews, own_changes, runs),
        own_changes=own_changes,
        rapid_runs=runs,
        sample=PackSample(
            seed="2027-01-12 audit",
            size=sample_size,
            reviews=tuple(_tell_story(reviews[number], number, random) for number in drawn),
        ),
        completeness=_make_folders() if count else (),
        without_review=FiguresWithoutReview(
            unrouted_changes=count // 9, folders_gone=count // 900, owners_gone=count // 800
        ),
    )


def _make_review(number: int, count: int, titles: Sequence[str], random: Random) -> PackedReview:
    opened_at = SINCE + (UNTIL - SINCE) * number / max(count, 1)
    state = _STATES[number % 7] if number < 7 else random.choice(_STATES)
    due_at = opened_at + timedelta(days=2)
    took = timedelta(seconds=int(random.lognormvariate(9.3, 1.3)))
    settled = opened_at + took if state in {ReviewState.ACKNOWLEDGED, ReviewState.CHANGES_REQUESTED} else None
    every = max(count // (len(titles) or 1), 1)
    title = (
        titles[number // every % len(titles)]
        if titles and number % every == 0
        else random.choice(PLAIN_TITLES)
    )
    revision = random.choice((1, 1, 1, 2, 3))
    lapsed = (
        due_at + timedelta(minutes=1)
        if (settled or UNTIL) > due_at and state != ReviewState.CARRIED
        else None
    )
    return PackedReview(
        id=_make_id(random),
        kind="content",
        file_id=str(700_000 + number),
        title=title,
        path=f"{random.choice(FOLDERS)}/{title}",
        opened_at=opened_at,
        due_at=due_at,
        revision=revision,
        version=revision + 2,
        owners=tuple(name for name, _email in random.sample(PEOPLE, random.choice((1, 1, 2)))),
        required=1,
        state=state,
        settled_at=settled,
        lapsed_at=lapsed if state != ReviewState.REPLACED else None,
        superseded_by=_make_id(random) if state == ReviewState.REPLACED else None,
        carried=state == ReviewState.CARRIED,
        document_gone=random.random() < 0.01,
        unanswered=revision - 1 if random.random() < 0.05 else 0,
        given_up=1 if random.random() < 0.004 else 0,
        answers=(_make_answer(number, settled, state, revision, random),) if settled else (),
        entries=(number * 4 + 1, number * 4 + 2),
    )


def _make_answer(
    number: int, at: datetime, state: ReviewState, revision: int, random: Random
) -> PackedAnswer:
    name, email = random.choice(PEOPLE)
    refused = state == ReviewState.CHANGES_REQUESTED
    return PackedAnswer(
        entry=number * 4 + 2,
        reviewer=name,
        email=email,
        decision=Decision.REQUEST_CHANGES if refused else Decision.ACKNOWLEDGE,
        at=at,
        revision=revision,
        version=revision + 2,
        late=False,
        own_change=random.random() < 0.02,
        identity="slack",
        note="Clause 7 still cites the old supplier; please compare it with the spring draft."
        if refused
        else None,
        opened=None,
        withdrawn_at=at + timedelta(minutes=4) if random.random() < 0.004 else None,
    )


def _make_run(reviews: Sequence[PackedReview]) -> RapidRun:
    name, email = PEOPLE[0]
    began = reviews[-1].opened_at + timedelta(hours=1)
    return RapidRun(
        reviewer=name,
        email=email,
        began_at=began,
        ended_at=began + timedelta(seconds=11),
        review_ids=tuple(review.id for review in reviews),
        shortest_seconds=1,
    )


def _tell_story(review: PackedReview, number: int, random: Random) -> SampledReview:
    texts = [
        f"Review opened for version {review.version}: Alice Moreau changed {review.title!r}.",
        "Card posted to slack:C0123456789.",
        *(f"Revision {each} joined; the one before had no answer." for each in range(2, review.revision + 1)),
        *(
            f"{answer.reviewer} answered revision {answer.revision} after opening the document "
            f"(which doesn't mean read).\n{answer.note or ''}"
            for answer in review.answers
        ),
    ]
    if random.random() < 0.1:
        texts += [f"A reminder was sent to Olga Ivanova, number {each}." for each in range(1, 31)]
    story = tuple(
        StoryLine(entry=number * 4 + step, at=review.opened_at + timedelta(minutes=17 * step), text=text)
        for step, text in enumerate(texts)
    )
    return SampledReview(review=review, story=story, left_out=212 if len(texts) > 20 else 0)


def _make_folders() -> tuple[FolderCompleteness, ...]:
    gap = IncompletePart(
        since=datetime(2026, 3, 3, 4, 5, 6, 70_911, tzinfo=UTC),
        to=datetime(2026, 3, 5, 6, 0, 1, 120_003, tzinfo=UTC),
        reason="DocSpace could not be reached",
    )
    return (
        FolderCompleteness(folder_id="539564", title="Compliance", since=SINCE, up_to=MADE_AT, incomplete=()),
        FolderCompleteness(
            folder_id="539565",
            title="Contracts #[EMEA]",
            since=SINCE,
            up_to=UNTIL,
            incomplete=(gap, replace(gap, to=None)),
        ),
        FolderCompleteness(folder_id="539566", title="Finance", since=None, up_to=None, incomplete=()),
    )


def _count_figures(
    reviews: Sequence[PackedReview], own_changes: Sequence[OwnChange], runs: Sequence[RapidRun]
) -> PackFigures:
    took = sorted(
        int((review.settled_at - review.opened_at).total_seconds())
        for review in reviews
        if review.settled_at and review.state == ReviewState.ACKNOWLEDGED
    )

    def count(values: Iterable[object]) -> int:
        return sum(map(bool, values))

    def count_state(state: ReviewState) -> int:
        return count(review.state == state for review in reviews)

    return PackFigures(
        population=len(reviews),
        brought_forward=len(reviews) // 300,
        acknowledged=count_state(ReviewState.ACKNOWLEDGED),
        changes_requested=count_state(ReviewState.CHANGES_REQUESTED),
        carried=count_state(ReviewState.CARRIED),
        superseded_unanswered=count_state(ReviewState.REPLACED),
        open=count_state(ReviewState.OPEN),
        overdue_open=count(is_overdue(each, MADE_AT) for each in reviews),
        documents=count_state(ReviewState.ACKNOWLEDGED),
        late=count(each.settled_at and each.due_at and each.settled_at > each.due_at for each in reviews),
        lapsed=count(each.lapsed_at for each in reviews),
        escalated=count(each.escalations for each in reviews),
        followed_up=count(each.follow_ups for each in reviews),
        document_gone=count(each.document_gone for each in reviews),
        unanswered_revisions=sum(each.unanswered for each in reviews),
        withdrawn=count(answer.withdrawn_at for each in reviews for answer in each.answers),
        own_changes=len(own_changes),
        rapid_answers=sum(len(run.review_ids) for run in runs),
        given_up=count(each.given_up for each in reviews),
        erased=len(reviews) // 400,
        median_seconds=took[len(took) // 2] if took else None,
        p90_seconds=took[len(took) * 9 // 10] if took else None,
        durations=_count_durations(took),
    )


def _count_durations(took: Sequence[int]) -> tuple[DurationShare, ...]:
    shares, before = [], -1
    for bound in BOUNDS:
        shares.append(
            DurationShare(
                up_to=bound, count=sum(before < each and (bound is None or each <= bound) for each in took)
            )
        )
        before = bound or before
    return tuple(shares)


def _make_id(random: Random) -> str:
    return "".join(random.choices(_ALPHABET, k=12))

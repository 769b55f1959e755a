"""Makers of what a pack says, with one member after the other as a test needs it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta
from typing import Any

from reviews.kinds import Decision, ReviewState
from reviews.pack.figures import compute_figures, find_rapid_runs, list_own_changes
from reviews.pack.population import Population
from reviews.pack.report import PackedAnswer, PackedReview, PackFigures
from reviews.pack.spreadsheet import write_population
from tests.reviews.samples import OWNER, START

MADE_AT = START + timedelta(hours=9)


def compute(*reviews: PackedReview, brought_forward: int = 0) -> PackFigures:
    """Return the figures of these reviews, in a pack that was made at `MADE_AT`."""
    return compute_figures(
        Population(reviews=reviews, brought_forward=brought_forward),
        own_changes=list_own_changes(reviews),
        rapid_runs=find_rapid_runs(reviews),
        made_at=MADE_AT,
    )


def read_rows(*reviews: PackedReview) -> list[dict[str, str]]:
    """Return the rows of the spreadsheet of these reviews, by the names of its columns."""
    stream = io.StringIO()
    write_population(reviews, stream, runs=find_rapid_runs(reviews))
    return list(csv.DictReader(io.StringIO(stream.getvalue(), newline="")))


def make_packed_answer(**more: Any) -> PackedAnswer:
    """Return an acknowledgement by the owner a minute after `START`."""
    basic = PackedAnswer(
        entry=2,
        reviewer="Dana Ozola",
        email=OWNER,
        decision=Decision.ACKNOWLEDGE,
        at=START + timedelta(minutes=1),
        revision=1,
        version=8,
        late=False,
        own_change=False,
        identity="slack",
        note=None,
        opened=None,
        withdrawn_at=None,
    )
    return replace(basic, **more)


def make_packed_review(**more: Any) -> PackedReview:
    """Return a review that was opened at `START` and is still open."""
    basic = PackedReview(
        id="rev-1",
        kind="content",
        file_id="3358285",
        title="AML Policy 2026.docx",
        path="Legal / Compliance",
        opened_at=START,
        due_at=None,
        revision=1,
        version=8,
        owners=(OWNER,),
        required=1,
        state=ReviewState.OPEN,
        settled_at=None,
        lapsed_at=None,
        superseded_by=None,
        carried=False,
        document_gone=False,
        unanswered=0,
        given_up=0,
        answers=(),
        entries=(1,),
    )
    return replace(basic, **more)


def make_acknowledged(number: int, *, after: timedelta, **more: Any) -> PackedReview:
    """Return a review that was acknowledged so long after it was opened; `more` are members of the answer."""
    answer = make_packed_answer(at=START + after, entry=100 + number, **more)
    return make_packed_review(
        id=f"rev-{number}",
        state=ReviewState.ACKNOWLEDGED,
        settled_at=answer.at,
        answers=(answer,),
        entries=(number, 100 + number),
    )

"""A document of which the owner answered an earlier version, compared with that and with another for all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.reviews.compared import make_part, store_comparison, store_own_comparison
from tests.reviews.desk import build_answer_request

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviews.comparison import ComparisonSummary
    from reviews.comparisons.parts import ChangedPart
    from tests.bot.slack_installation import SlackInstallation
    from tests.bot.teams.teams_installation import TeamsInstallation

FILE = "3358285"
SHOW_ALL, SHOW_OWN = "Show all changes", "Only since my answer"
OWN = make_part(kind="deleted", before="It ends in May.", after="", words=())


def make_clauses(count: int) -> list[ChangedPart]:
    return [
        make_part(kind="deleted", before=f"clause {number}.", after="", words=())
        for number in range(1, count + 1)
    ]


def answer_first(installation: SlackInstallation | TeamsInstallation) -> None:
    """Have the owner acknowledge a version of the document, whose text is stored."""
    installation.card()
    review = store_comparison(installation.desk, installation.review(), [make_part()])
    installation.desk.answers.record_answer(build_answer_request(review))


def compare_next(
    installation: SlackInstallation | TeamsInstallation,
    own: Sequence[ChangedPart] = (OWN,),
    common: Sequence[ChangedPart] = (),
    *,
    own_summary: ComparisonSummary | None = None,
    summary: ComparisonSummary | None = None,
) -> dict[str, Any]:
    """Compare the next version, as differences since the owner's answer and for all; return its card."""
    installation.desk.portal.versions[FILE] += 1
    installation.card()
    parts = [] if summary else common or make_clauses(2)
    review = store_comparison(installation.desk, installation.review(), parts, summary)
    store_own_comparison(installation.desk, review, own, own_summary)
    installation.desk.deliver_all()
    return installation.standing(review)

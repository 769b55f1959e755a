"""The campaigns of the pictures: one that runs, in which the owner is asked too, and one that is complete."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from pictures.sample import OPEN, OWNER
from reviews.answers.answers import AnswerRequest
from reviews.campaign import Campaign, CampaignState
from reviews.identity import Identity, Person, ProvenPerson, Reviewer
from reviews.kinds import ChangeKind, Decision
from reviews.lists.inbox import INBOX_PLACE
from reviews.ports.reports import ignore_report

if TYPE_CHECKING:
    from datetime import datetime

    from reviews.answers.answers import Answers
    from reviews.model import Review
    from reviews.ports.unit_of_work import UnitOfWork

RUNNING_ID, COMPLETE_ID = "campaign", "campaign-of-last-year"
READER = Person(id="anna", name="Anna Berg", email="anna.berg@company.com")
READERS = (
    Person(id="olga", name="Olga Owner", email=OWNER),
    READER,
    Person(id="bob", name="Bob Chen", email="bob.chen@company.com"),
    Person(id="ines", name="Inês Duarte", email="ines.duarte@company.com"),
    Person(id="tom", name="Tom Weiss", email="tom.weiss@company.com"),
    Person(id="zofia", name="Zofia Wiśniewska-Kowalczyk", email="zofia.wisniewska@company.com"),
)
TITLES = (
    "AML Policy 2026.docx",
    "Anti-Bribery and Gifts.docx",
    "Code of Conduct.docx",
    "Conflicts of Interest.docx",
    "Data Protection Handbook.docx",
    "Information Security, Password and Device Rules for Everyone Who Works Outside the Office.docx",
    "Sanctions Screening.xlsx",
    "Whistleblowing.pdf",
)
_READ = (6, 5, 6, 3, 2, 2, 1, 0)
"""How many of the people have acknowledged each of these, in their order but for Anna."""
_READ_BY_ANNA = 3


def add_campaigns(work: UnitOfWork, now: datetime) -> list[Review]:
    """Write the campaigns down, and return the reviews of the one that runs."""
    due_at = now.replace(hour=17, minute=0, second=0, microsecond=0) + timedelta(days=17)
    running = Campaign(
        id=RUNNING_ID,
        name="Policies 2026",
        route=OPEN.route,
        folder_id="539564",
        path="Legal & Compliance / Compliance / Policies",
        people=tuple(each.email or "" for each in READERS),
        due_at=due_at,
        started_at=now - timedelta(days=4),
        started_by=Reviewer(name="Olga Owner"),
        state=CampaignState.RUNNING,
        documents=len(TITLES),
    )
    complete = replace(
        running,
        id=COMPLETE_ID,
        name="Fire safety",
        path="Legal & Compliance / Facilities",
        due_at=now - timedelta(days=180),
        started_at=now - timedelta(days=200),
        state=CampaignState.ENDED,
        ended_at=now - timedelta(days=179),
    )
    for person in READERS:
        work.people.remember(person, at=now)
    work.campaigns.add(running)
    work.campaigns.add(complete)
    running_reviews = [_make_review(running, number, title) for number, title in enumerate(TITLES)]
    past = [_make_review(complete, 100 + number, title) for number, title in enumerate(TITLES[:2])]
    for review in (*running_reviews, *past):
        work.reviews.add(review)
        work.cards.owe(review.id, [INBOX_PLACE])
    return [*running_reviews, *past]


def acknowledge_some(answers: Answers, reviews: list[Review]) -> None:
    """Let the people acknowledge what they have read, all of it in the campaign that is complete."""
    silent = replace(answers, report=ignore_report)
    for number, review in enumerate(reviews):
        others = [each for each in READERS if each != READER]
        read = _READ[number] if number < len(TITLES) else len(READERS)
        anna = [READER] if number < _READ_BY_ANNA or number >= len(TITLES) else []
        for person in [*anna, *others][:read]:
            silent.record_answer(
                AnswerRequest(
                    review_id=review.id,
                    revision=1,
                    language=None,
                    decision=Decision.ACKNOWLEDGE,
                    person=ProvenPerson(
                        identity=Identity.OIDC, name=person.name, addresses=(person.email or "",)
                    ),
                )
            )


def _make_review(campaign: Campaign, number: int, title: str) -> Review:
    return replace(
        OPEN,
        id=f"asked-{number}",
        kind=ChangeKind.CAMPAIGN,
        file_id=f"33590{number:02}",
        title=title,
        path=campaign.path,
        link=f"https://acme.onlyoffice.com/doceditor?fileid=33590{number:02}",
        version_from=None,
        version_to=2 + number % 5,
        contributors=(),
        owners=campaign.people,
        opened_at=campaign.started_at,
        changed_at=campaign.started_at,
        due_at=campaign.due_at,
        required=None,
        campaign=campaign.reference,
    )

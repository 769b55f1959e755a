"""The one review that every picture shows, before and after its answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from reviews.model import Answer, ChangeKind, Decision, Identity, Person, Review, Reviewer, ReviewState

SAVED = datetime(2026, 3, 9, 9, 41, 12, 345_678, tzinfo=UTC)
ANSWERED = SAVED + timedelta(minutes=23)
OWNER = "olga.owner@company.com"
PEOPLE = {"U0OLGA": "Olga Owner", "U0BOB": "Bob Chen"}
"""Names by ids in Slack."""

OPEN = Review(
    id="sample",
    route="compliance",
    state=ReviewState.OPEN,
    revision=1,
    kind=ChangeKind.CONTENT,
    file_id="3358285",
    title="AML Policy 2026.docx",
    path="Legal & Compliance / Compliance / 2026 Q1",
    link="https://acme.onlyoffice.com/doceditor?fileid=3358285&version=4",
    version_from=3,
    version_to=4,
    modified_at=SAVED,
    contributors=(Person(id="bob", name="Bob Chen", email="bob.chen@company.com"),),
    owners=(OWNER,),
    opened_at=SAVED,
    changed_at=SAVED,
    due_at=SAVED + timedelta(hours=8),
)

REVIEWED = replace(
    OPEN,
    state=ReviewState.ACKNOWLEDGED,
    answers=(
        Answer(
            decision=Decision.ACKNOWLEDGE,
            reviewer=Reviewer(name="Olga Owner", email=OWNER, slack_user="U0OLGA"),
            identity=Identity.SLACK,
            revision=1,
            version=4,
            at=ANSWERED,
            note="Read sections 3 and 4 against the new directive.",
            late=False,
            own_change=False,
        ),
    ),
)

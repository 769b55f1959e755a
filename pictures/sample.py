"""The reviews that the pictures show: of one document before and after its answer, and of many files."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from reviews.bulk import BULK_ID_PREFIX, MAX_FIRST_FILES, BulkFile, BulkSummary
from reviews.identity import Identity, Person, Reviewer
from reviews.kinds import ChangeKind, Decision, ReviewState
from reviews.model import Answer, Review

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
            reviewer=Reviewer(name="Olga Owner", email=OWNER, chat_ids={"slack": "U0OLGA"}),
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

IN_OTHER_STATES = (
    replace(OPEN, title="Gifts and Invitations.docx"),
    replace(OPEN, title="Conflicts of Interest.docx", lapsed_at=OPEN.due_at),
    REVIEWED,
    replace(
        REVIEWED,
        title="Whistleblowing.docx",
        state=ReviewState.CHANGES_REQUESTED,
        answers=(
            replace(
                REVIEWED.answers[0],
                decision=Decision.REQUEST_CHANGES,
                note="Section 4 still names the old threshold.",
            ),
        ),
    ),
    replace(REVIEWED, title="Code of Conduct.docx", superseded_by="newer"),
)
"""In each state but that of `OPEN`: overdue, lapsed, acknowledged, changes requested, superseded."""

_ANNA = Person(id="anna", name="Anna Berg", email="anna.berg@company.com")
_TOM = Person(id="tom", name="Tom Weiss", email="tom.weiss@company.com")
_INVOICES = "Legal & Compliance / Compliance / Invoices"


def _file(number: int) -> BulkFile:
    changed = number % 5 == 0
    return BulkFile(
        file_id=f"336{number:04}",
        title=f"Invoice 2026-{number:04}.pdf",
        path=f"{_INVOICES} / Q1" if changed else _INVOICES,
        link=f"https://acme.onlyoffice.com/doceditor?fileid=336{number:04}",
        kind=ChangeKind.CONTENT if changed else ChangeKind.CREATED,
        version_from=1 if changed else None,
        version_to=2 if changed else 1,
        modified_at=SAVED,
        contributors=(_TOM if changed else _ANNA,),
        acts=(),
        folders=("1", "539564", "612001"),
        joined_at=SAVED,
    )


FILES = tuple(map(_file, range(1, 241)))
MANY = replace(
    OPEN,
    id="sample-of-many",
    route="invoices",
    kind=ChangeKind.BULK,
    file_id=f"{BULK_ID_PREFIX}sample-of-many",
    title="Invoices",
    path=OPEN.path.rpartition(" / ")[0],
    link=None,
    version_from=None,
    version_to=None,
    modified_at=None,
    contributors=(_ANNA, _TOM),
    bulk=BulkSummary(
        count=len(FILES),
        kinds=((ChangeKind.CREATED, 192), (ChangeKind.CONTENT, 48)),
        sample_files=FILES[:MAX_FIRST_FILES],
        joined_at=SAVED,
    ),
)

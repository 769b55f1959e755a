"""A clerk who writes the entries of made-up reviews, by the builders that the product uses."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from reviews.identity import Identity, Person, Reviewer
from reviews.kinds import Decision, StepAction
from reviews.ledger import ledger_entries, step_entries
from reviews.model import LastStep
from reviews.quorum import count_required_answers
from tests.reviews.samples import ALICE, BOB, answer, review

if TYPE_CHECKING:
    from random import Random

    from reviews.kinds import ChangeKind
    from reviews.model import Answer, Review

DANA = Reviewer(name="Dana Ozola", email="dana.ozola@example.com", chat_ids={"slack": "U1"})
ILZE = Reviewer(name="Ilze Kalna", email="ilze.kalna@example.com")
JURIS = Reviewer(name="Juris Bite", email="juris.bite@example.com")
REVIEWERS = (DANA, ILZE, JURIS)
DUE = timedelta(days=5)
TITLES = (
    "AML Policy.docx",
    "Geldwäsche-Richtlinie, Anhang B (Prüfpfade und Zuständigkeiten der Fachabteilungen).docx",
    "Vendor register.xlsx",
    '=HYPERLINK("https://example.com")&co.xlsx',
    "Политика хранения.odt",
    "Incident report <draft> & notes.pdf",
    "Politique de conservation des données à caractère personnel.docx",
    "契約書.docx",
)
PATHS = ("Legal / Compliance", "Legal / Compliance / Policies", "Finance / Controls / 2026")


@dataclass(kw_only=True)
class Clerk:
    """Makes reviews of a route by number, and writes down the bodies of their entries.

    `prefix` begins their ids. `moments` says when the review of a number is opened, `random` decides on the
    rest.
    """

    route: str
    prefix: str
    moments: list[datetime]
    random: Random
    bodies: list[dict[str, Any]] = field(default_factory=list)

    def write(self, body: dict[str, Any]) -> None:
        self.bodies.append(body)

    def open(self, number: int, **more: Any) -> Review:
        at = self.moments[number]
        version, name = self.random.randint(2, 40), TITLES[number % len(TITLES)]
        basic = review(
            id=f"{self.prefix}-{number:06}",
            route=self.route,
            file_id=str(3_000_000 + number),
            title=f"{number:04} {name}" if number % 3 else name,
            path=self.random.choice(PATHS),
            version_from=version - 1,
            version_to=version,
            contributors=(self.random.choice((ALICE, BOB)),),
            owners=(str(DANA.email), str(ILZE.email)),
            modified_at=at - timedelta(seconds=40),
            opened_at=at,
            changed_at=at,
            due_at=at + DUE,
        )
        opened = replace(basic, **more)
        self.write(ledger_entries.build_opened(opened, [number + 1]))
        return opened

    def wait(self, *, hours: float = 9) -> timedelta:
        """Return how long a person takes: often minutes, now and then more than a day."""
        return timedelta(hours=self.random.expovariate(1 / hours), seconds=30)

    def answer(
        self,
        reviewed: Review,
        *,
        after: timedelta,
        by: Reviewer = DANA,
        decision: Decision = Decision.ACKNOWLEDGE,
        note: str | None = None,
    ) -> Answer:
        """Answer a review so long after it last changed, as one of its owners."""
        at = reviewed.changed_at + after
        recorded = answer(
            decision=decision,
            reviewer=by,
            identity=self.random.choice((Identity.SLACK, Identity.OIDC, Identity.MAIL_CODE)),
            revision=reviewed.revision,
            version=reviewed.version_to,
            at=at,
            note=note,
            late=reviewed.due_at is not None and at > reviewed.due_at,
            own_change=by.email in {each.email for each in reviewed.contributors},
            owner=by.email,
        )
        page = ledger_entries.format_moment(at - after / 2)
        opened = {"document": page if self.random.random() < 0.7 else None, "comparison": None, "page": page}
        self.write({**ledger_entries.build_answered(reviewed, recorded), "opened": opened})
        return recorded

    def remind(self, reviewed: Review, *, count: int, every: timedelta) -> None:
        for number in range(1, count + 1):
            at = reviewed.changed_at + every * number
            step = LastStep(action=StepAction.REMIND, at=at, after="", whom=reviewed.owners)
            reminded = replace(reviewed, reminders=number, last_step=step)
            self.write(step_entries.build_reminded(reminded))

    def revise(self, reviewed: Review, *, after: timedelta, unanswered: bool = True) -> Review:
        newer = replace(
            reviewed,
            revision=reviewed.revision + 1,
            version_to=(reviewed.version_to or 0) + 1,
            changed_at=reviewed.changed_at + after,
        )
        missed = self.describe_unanswered(reviewed, cause="content") if unanswered else None
        self.write(ledger_entries.build_revised(newer, [1], unanswered=missed))
        return newer

    def lapse(self, reviewed: Review) -> datetime:
        assert reviewed.due_at is not None
        at = reviewed.due_at + timedelta(seconds=20)
        lapsed = replace(reviewed, lapsed_at=at)
        self.write(step_entries.build_lapsed(lapsed, step="100%"))
        return at

    def escalate(self, reviewed: Review, *, after: timedelta, step: str) -> None:
        whom = (*reviewed.owners, JURIS.email or "")
        at = reviewed.changed_at + after
        last_step = LastStep(action=StepAction.ESCALATE, at=at, after=step, whom=whom)
        self.write(step_entries.build_escalated(replace(reviewed, last_step=last_step)))

    def follow_up(self, reviewed: Review, *, count: int, every: timedelta) -> None:
        whom = [each.email for each in reviewed.contributors if each.email]
        for number in range(1, count + 1):
            at = reviewed.changed_at + every * number
            asked = replace(reviewed, follow_ups=number)
            self.write(step_entries.build_followed_up(asked, at=at, recipients=whom))

    def lose_document(self, reviewed: Review, *, kind: ChangeKind, at: datetime) -> None:
        missed = self.describe_unanswered(reviewed, cause=kind.value)
        self.write(ledger_entries.build_document_gone(reviewed, kind=kind, unanswered=missed, at=at))

    def describe_unanswered(self, reviewed: Review, *, cause: str) -> dict[str, Any]:
        return {
            "cause": cause,
            "revision": reviewed.revision,
            "version": reviewed.version_to,
            "content": True,
            "since": ledger_entries.format_moment(reviewed.changed_at),
            "due_at": ledger_entries.format_moment(reviewed.due_at),
            "overdue": False,
            "acknowledged": 0,
            "required": count_required_answers(reviewed),
            "was_posted": True,
        }


def make_contributor(reviewer: Reviewer) -> Person:
    """Return a reviewer as one who changed a document."""
    return Person(id=None, name=reviewer.name, email=reviewer.email)

"""Reviews of two routes, of which one is another person's."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from reviews.identity import Reviewer
from reviews.routes.route import Routes, Target
from reviews.routes.working_time import WorkingHours
from tests.reviews.desk import build_answer_request
from tests.reviews.samples import DEPUTY, OWNER, event, route

if TYPE_CHECKING:
    from tests.pages.reading import HistoryReader

GROUP = "@compliance-team"
FOREIGN = "foreign@example.com"
STRANGER = "juris@example.com"
ROUND_THE_CLOCK = WorkingHours.parse("Mon-Fri 00:00-23:59", ZoneInfo("UTC"))


def two_routes(**more: object) -> Routes:
    """Two routes: what is in one folder is the owner's, the rest is of a person unknown here."""
    notify = (Target(notifier="paper", address="p1"),)
    own = route(name="own", owners=(OWNER, GROUP), deputies=(DEPUTY,), notify=notify, **more)
    other = route(name="other", watch=("777",), owners=(FOREIGN,), deputies=(), notify=notify, **more)
    return Routes([own, other])


def papers(reader: HistoryReader, count: int = 3) -> None:
    for number in range(1, count + 1):
        reader.desk.clock.advance(hours=1)
        reader.desk.open(event(file_id=f"f{number}", title=f"Paper {number}.docx"))


def foreign(reader: HistoryReader, title: str = "Foreign.docx") -> str:
    return reader.desk.open(event(file_id="foreign", title=title, parent_id="777")).id


def answer(reader: HistoryReader, file_id: str, who: str = OWNER, **more: object) -> None:
    by = Reviewer(name="Dana Ozola", email=who)
    reader.desk.answers.record_answer(
        build_answer_request(reader.desk.latest(file_id), reviewer=by, place=("paper", "p1"), **more)
    )

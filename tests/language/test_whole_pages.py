"""No page says half of it in each language, whatever state it is in."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from flask import Flask
from werkzeug.security import check_password_hash, generate_password_hash

from notifiers.shared.smtp import SmtpMailer
from pages.acknowledge import acknowledge_page
from pages.browser import set_up_sessions
from pages.code_mail import SmtpCodeMail
from pages.document_links import build_document_links
from pages.links import Links
from pages.oidc import Oidc
from pages.sign_in import sign_in_blueprint
from reviews.cards.card_drawing import draw_card
from reviews.comparison import Comparison, ComparisonState, ComparisonSummary, DocumentState
from reviews.comparisons.parts import PART_KINDS, ChangedPart, write_parts
from reviews.comparisons.sealed_places import place_parts
from reviews.comparisons.viewing import ComparisonViews
from reviews.identity import Identity, ProvenPerson
from reviews.kinds import Decision, ReviewState
from reviews.people.code_mail import MonitoredCodeMailer
from reviews.people.code_recipients import CodeRecipients
from reviews.people.mailed_codes import MailedCodes
from reviews.people.stored_proofs import CodeDigests
from reviews.tree import FolderContents
from reviews.wording.place_phrases import PartPlace
from runtime.documents.sealing import ContentSealer
from store.engine import create_engine
from store.unit_of_work import SqlUnitOfWork
from tests.keys import SECRET_KEY
from tests.language.catalogue import english_left, omit_recorded
from tests.language.drawings import read_html, words
from tests.pages.mailed_codes import at_once
from tests.pages.proving import let_in
from tests.reviews.desk import Desk
from tests.reviews.flood import flood
from tests.reviews.samples import OWNER, START, answer, review, routes

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from werkzeug.test import TestResponse

    from reviews.model import Review
    from tests.databases import SqliteDatabases

ADDRESS = "https://review.example.com"
UNREACHABLE = "127.0.0.1:9"
SAME_IN_BOTH = {
    "Version",
    "SHA",
    "in",
    "an",
    "so",
    "Mail",
    "compliance",
}  # the last is what the route is called


OPEN = review(id="page-1", due_at=START)
FOLDER = review(id="page-2", file_id="2", contents=FolderContents(count=2, titles=("1.docx", "2.docx")))
REVISED = review(id="page-3", file_id="3", revision=2)
ACKNOWLEDGED, SENT_BACK, SUPERSEDED = (
    review(id=f"page-{number}", file_id=str(number)) for number in (4, 5, 6)
)
COUNTS = ComparisonSummary(
    state=ComparisonState.COMPARED, counts=dict.fromkeys(PART_KINDS, 2), matters={"amount": 2, "date": 1}
)
COMPARED, COMPARED_UNDATED, NEW = (
    review(id=f"page-{number}", file_id=str(number), changes=COUNTS) for number in (7, 8, 9)
)
BEFORE = DocumentState(version=6, updated=START, sha256="6" * 64, size=1)
COMPARED_WITH = ((COMPARED, BEFORE), (COMPARED_UNDATED, replace(BEFORE, updated=None)), (NEW, None))
PARTS = [
    ChangedPart(
        kind=kind, place=place, before=before, after="Policy" if kind != "deleted" else "", matters=("date",)
    )
    for place in (PartPlace(area="body"), PartPlace(area="comment", name="Dana", heading="Policy"))
    for kind, before in zip(PART_KINDS, ("", "Policy", "Policy", "Policy", "Policy"), strict=True)
][:-1]
MANY = 130  # files at once
REVIEWS = (OPEN, FOLDER, REVISED, ACKNOWLEDGED, SENT_BACK, SUPERSEDED, COMPARED, COMPARED_UNDATED, NEW)


class ReviewPages:
    """The pages of reviews in every state, with every way to prove who one is, or with none."""

    def __init__(self, desk: Desk, *, ways: bool) -> None:
        self.desk, self.links, self.ways = desk, Links(SECRET_KEY, ADDRESS), ways
        self._app = app = Flask(__name__, static_folder=None)
        set_up_sessions(app, SECRET_KEY, secure=True, browser_sessions=desk.sessions)
        codes = self._codes() if ways else None
        views = ComparisonViews(
            transactions=desk.transactions,
            routes=desk.routes,
            clock=desk.clock,
            sealer=ContentSealer(SECRET_KEY),
        )
        app.register_blueprint(
            acknowledge_page(
                desk.answers,
                self.links,
                openings=desk.openings,
                codes=codes,
                sign_in=ways,
                separation=desk.separation,
                comparison_views=views,
            )
        )
        app.register_blueprint(build_document_links(desk.answers, self.links, desk.openings))
        if ways:
            oidc = Oidc(app, issuer=f"http://{UNREACHABLE}", client_id="c", client_secret="s")
            app.register_blueprint(
                sign_in_blueprint(
                    oidc,
                    self.links,
                    desk.identification,
                    callback=f"{ADDRESS}/sign-in/callback",
                    clock=desk.clock,
                )
            )

    def _codes(self) -> MailedCodes:
        mailer = SmtpMailer(f"smtp://{UNREACHABLE}?tls=none", "reviews@example.com")
        return MailedCodes(
            transactions=self.desk.transactions,
            recipients=CodeRecipients(transactions=self.desk.transactions, routes=self.desk.routes),
            clock=self.desk.clock,
            identification=self.desk.identification,
            mail=MonitoredCodeMailer(SmtpCodeMail(mailer, ADDRESS), self.desk.clock),
            run_later=at_once,
            random_below=lambda most: most - 1,
            new_id=iter(map(str, range(99))).__next__,
            digests=CodeDigests(
                secret_key=SECRET_KEY,
                compute_hash=partial(generate_password_hash, method="pbkdf2:sha256:1"),
                verify_hash=check_password_hash,
            ),
        )

    def read(self, language: str) -> list[str]:
        """Return the lines of all pages in a language, each once."""
        pages = [page for each in (self._shown, self._asked, self._typed) for page in each(language)]
        return list(dict.fromkeys(line for page in pages for line in read_html(page.text)))

    def _shown(self, language: str) -> Iterator[TestResponse]:
        browser = _Browser(self._app, language)
        for path in self._paths():
            yield browser.get(path)
        yield browser.get("/ack/nonsense")
        if self.ways:
            yield browser.get("/sign-in/nonsense")
            yield browser.get("/sign-in/callback?state=unknown")
            yield browser.get(self._path(OPEN).replace("/ack/", "/sign-in/"))

    def _asked(self, language: str) -> Iterator[TestResponse]:
        path, browser = self._path(OPEN), _Browser(self._app, language)
        yield browser.post(path, decision="neither")
        yield browser.post(path, decision="acknowledge", note="Policy")
        yield browser.post(path, csrf_token="")
        if not self.ways:
            return
        yield browser.post(f"{path}/code", address="nonsense", note="Policy")
        for _ in range(2):  # the mail server is away, which the page says from then on
            yield browser.post(f"{path}/code", address=OWNER, note="Policy")
        browser.keep(asked={"address": OWNER, "at": self.desk.clock().isoformat()})
        yield browser.get(path)
        yield browser.post(f"{path}/proof", code="1", note="Policy")

    def _typed(self, language: str) -> Iterator[TestResponse]:
        browser = _Browser(self._app, language)
        at = self.desk.clock()
        dana = ProvenPerson(identity=Identity.OIDC, name="Dana Ozola", addresses=(OWNER,))
        browser.let_in(dana, at=at)
        for path in self._paths():
            yield browser.get(path)
        # Another file for each language: what was taken out can't be taken out again.
        many = self._path(self._many)
        for file_id in (f"f{len(language):02}{language.encode()[0] % 10}", "unknown"):
            taken = browser.post(f"{many}/apart", file_id=file_id)
            yield browser.get(taken.headers["Location"].partition("#")[0]) if taken.location else taken

    @property
    def _many(self) -> Review:
        return next(review for review in self.desk.reviews() if review.bulk)

    def _paths(self) -> list[str]:
        """Return the pages of all reviews, and one that an older card led to."""
        many = self._path(self._many)
        of_files = (many, f"{many}?page=2", f"{many}?title=nonsense")
        older = (replace(REVISED, revision=1), replace(self._many, revision=1))
        return [*map(self._path, (*REVIEWS, *older)), *of_files]

    def _path(self, review: Review) -> str:
        return self.links.make_address(draw_card(review)).removeprefix(ADDRESS)


class _Browser:
    """A person's browser, with the language that they have chosen in it."""

    def __init__(self, app: Flask, language: str) -> None:
        self._client = app.test_client()
        self._sent: Any = {"base_url": ADDRESS, "headers": {"Accept-Language": language}}

    def get(self, path: str) -> TestResponse:
        return self._client.get(path, **self._sent)

    def post(self, path: str, **form: str) -> TestResponse:
        token = self.get("/".join(path.split("/")[:3])).text.partition('name="csrf_token" value="')[2]
        return self._client.post(path, data={"csrf_token": token.partition('"')[0], **form}, **self._sent)

    def let_in(self, who: ProvenPerson, *, at: datetime) -> None:
        let_in(self._client, who, at=at, base_url=ADDRESS)

    def keep(self, **value: Any) -> None:
        with self._client.session_transaction(base_url=ADDRESS) as session:
            session.update(value)


@pytest.fixture(scope="module")
def desk(sqlite_databases: SqliteDatabases) -> Iterator[Desk]:
    engine = create_engine(sqlite_databases.new())
    desk = Desk(engine, partial(SqlUnitOfWork, engine), routes())
    with desk.transactions() as work:
        for review in REVIEWS:
            work.reviews.add(review)
        work.reviews.record_answer(
            ACKNOWLEDGED.id, answer(own_change=True, note="Policy"), ReviewState.ACKNOWLEDGED
        )
        work.reviews.record_answer(
            SENT_BACK.id,
            answer(decision=Decision.REQUEST_CHANGES, note="Policy"),
            ReviewState.CHANGES_REQUESTED,
        )
        work.reviews.supersede(SUPERSEDED.id, OPEN.id)
        for number, (compared, before) in enumerate(COMPARED_WITH, 1):
            work.comparisons.request(compared.id, compared.revision, at=START)
            request = work.comparisons.get_request(number)
            assert request is not None
            comparison = Comparison(review_id=compared.id, revision=1, summary=COUNTS, before=before)
            parts = ContentSealer(SECRET_KEY).seal(write_parts(PARTS), place_parts(comparison))
            work.comparisons.finish(request, replace(comparison, parts=parts))
        work.commit()
    flood(desk, MANY)
    yield desk
    engine.dispose()


@pytest.mark.parametrize("ways", [True, False], ids=["with ways to prove who one is", "without"])
def test_no_page_says_half_of_it_in_english(desk: Desk, ways: bool) -> None:  # noqa: FBT001
    place = ReviewPages(desk, ways=ways)

    german = omit_recorded(place.read("de"))

    english = place.read("en")
    if ways:
        sentences = (
            "1 more difference is not shown here.",
            "New document: all of its text is new.",
            "Removed",
        )
        assert set(sentences) <= set(english)
    assert english_left(german) == []
    assert words(german) & words(english) <= SAME_IN_BOTH

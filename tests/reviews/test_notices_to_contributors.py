"""What contributors hear of the outcome: once and alone, in their own language."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reviews.account import AccountStatus, ChatAccount
from reviews.identity import Reviewer
from reviews.kinds import ChangeKind, Decision
from reviews.language import get_language, use_language
from reviews.notice import ChangeNotice, Notice, NoticeKind, OutcomeNotice, make_person_target
from reviews.wording.notice_sentences import describe_notice
from reviews.wording.placeholders import UNNAMED_PERSON
from tests.reviews.channels import PaperChannel
from tests.reviews.desk import build_answer_request, make_review_request
from tests.reviews.notices import BACK, RefusingChannel, send_back, speak_through
from tests.reviews.samples import ALICE, BOB, OWNER, START, event, routes

if TYPE_CHECKING:
    from reviews.model import Review
    from tests.reviews.desk import Desk


def outcomes(desk: Desk) -> list[tuple[str, NoticeKind]]:
    kinds = {NoticeKind.OUTCOME, NoticeKind.SENT_BACK}
    return [(to, notice.kind) for to, notice in desk.paper.notices if notice.kind in kinds]


def answer_with_contributors(desk: Desk) -> Review:
    desk.follow(routes(tell_contributors=True))
    return desk.open(event())


def test_a_contributor_hears_the_outcome_once_and_alone(desk: Desk) -> None:
    review = answer_with_contributors(desk)
    desk.answers.record_answer(build_answer_request(review))
    desk.deliver_all()

    assert outcomes(desk) == [("@alice@example.com", NoticeKind.OUTCOME)]


def test_no_one_is_told_where_the_route_does_not_say_so(desk: Desk, review: Review) -> None:
    desk.answers.record_answer(build_answer_request(review))

    assert desk.notices() == []


def test_the_same_outcome_again_is_no_news_and_another_one_is(desk: Desk) -> None:
    review = answer_with_contributors(desk)
    for decision in (Decision.ACKNOWLEDGE, Decision.ACKNOWLEDGE, BACK, Decision.ACKNOWLEDGE):
        desk.clock.advance(minutes=1)
        desk.answers.record_answer(build_answer_request(review, decision=decision, note="No."))
        desk.answers.withdraw(make_review_request(review))
    desk.deliver_all()

    kinds = [kind for _, kind in outcomes(desk)]
    assert kinds == [NoticeKind.OUTCOME, NoticeKind.SENT_BACK, NoticeKind.OUTCOME]


def test_someone_who_is_told_alone_is_not_called_in_the_thread_as_well(desk: Desk) -> None:
    review = answer_with_contributors(desk)
    send_back(desk, review)
    desk.deliver_all()

    assert outcomes(desk) == [("@alice@example.com", NoticeKind.SENT_BACK)]
    in_threads = [notice.mention for to, notice in desk.paper.notices if not to.startswith("@")]
    assert in_threads == [(), ()]


def test_a_contributor_who_can_not_be_written_to_alone_is_told_in_the_thread(desk: Desk) -> None:
    desk.portal.coauthors["3358285"] = [BOB]
    review = answer_with_contributors(desk)
    speak_through(desk, RefusingChannel(shy=True))
    desk.deliver_all()
    desk.answers.record_answer(build_answer_request(review))
    desk.deliver_all()
    desk.clock.advance(seconds=5)
    desk.deliver_all()

    assert outcomes(desk) == [("C1", NoticeKind.OUTCOME), ("C1", NoticeKind.OUTCOME)]
    outcome_notices = [notice for _, notice in desk.paper.notices if notice.kind is NoticeKind.OUTCOME]
    assert sorted(notice.mention for notice in outcome_notices) == [(ALICE.email,), (BOB.email,)]
    assert {notice.thread for notice in outcome_notices} == {"m1"}


def test_who_answered_is_not_told_of_it(desk: Desk) -> None:
    desk.follow(
        routes(tell_contributors=True, segregation_of_duties="warn", owners=(str(ALICE.email), OWNER))
    )
    review = desk.open(event())
    desk.answers.record_answer(
        build_answer_request(review, reviewer=Reviewer(name="Alice", email=ALICE.email))
    )

    assert desk.notices() == []


def test_a_notice_keeps_names_and_no_words_of_a_language() -> None:
    notice = OutcomeNotice(
        kind=NoticeKind.OUTCOME,
        title="Policy.docx",
        path="",
        link=None,
        at=START,
        note=None,
        who=(Reviewer(name="Bob Chen"), Reviewer(name=UNNAMED_PERSON)),
    )

    several = "Bob Chen and somebody DocSpace could not name"
    assert describe_notice(notice) == f"{several} reviewed Policy.docx, which you changed."
    assert describe_notice(replace(notice, who=())) == "Somebody reviewed Policy.docx, which you changed."
    with use_language("de"):
        several = "Bob Chen und jemand, den DocSpace nicht nennt"
        assert describe_notice(notice).startswith(f"Geprüft von {several}: Policy.docx.")


@dataclass
class Listening(PaperChannel):
    """A channel that remembers in which language it was spoken to."""

    heard: dict[str, str] = field(default_factory=dict)

    def post_notice(self, target: str, notice: Notice) -> str:
        self.heard[target] = get_language()
        return super().post_notice(target, notice)


def test_who_alone_reads_a_notice_is_spoken_to_in_their_own_language(desk: Desk) -> None:
    paper = Listening()
    desk.delivery = replace(desk.delivery, notifiers={"paper": paper})
    member = AccountStatus.MEMBER
    account = ChatAccount(chat="paper", id="P1", name="Bob", email=BOB.email, status=member, locale="de-AT")
    notice = ChangeNotice(change_kind=ChangeKind.CONTENT, title="Policy.docx", path="", link=None, at=START)
    targets = [make_person_target(str(BOB.email)), make_person_target(OWNER), "C1"]
    with desk.transactions() as work:
        work.accounts.remember(account, looked_up_address=str(BOB.email), at=START)
        work.accounts.remember(replace(account, locale=""), looked_up_address=str(BOB.email), at=START)
        for target in targets:
            work.cards.owe_notice(("paper", target), notice, cause="change:1")
        work.commit()

    desk.deliver_all()

    assert paper.heard == dict(zip(targets, ["de", "en", "en"], strict=True))

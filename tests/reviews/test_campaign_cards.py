"""The card of a campaign: posted once in each channel of its route, redrawn as it comes on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from reviews.campaign import CampaignStage, CampaignState
from reviews.campaign_notices import (
    CampaignNotice,
    CampaignTotals,
    NamedProgress,
    make_card_cause,
)
from reviews.campaigns.campaign_cards import RETRY_INTERVAL
from reviews.delivery.card_claims import CardClaims, ClaimedCard
from reviews.errors import MessageGone
from reviews.identity import Person, Reviewer
from reviews.kinds import CardState, ReviewState
from reviews.notice import NoticeKind
from reviews.ports.campaigns import LOOK_INTERVAL
from reviews.routes.route import Target
from store import retention
from store.cards import SqlCardRepository
from store.claims import release_claims_of_worker
from store.unit_of_work import SqlUnitOfWork, _Repository
from tests.databases import ON_POSTGRESQL
from tests.reviews.campaigns import (
    ANNA,
    BRUNO,
    CARLA,
    FILES,
    READERS,
    acknowledge,
    compute_progress,
    draft_campaign,
    get_campaign,
    list_campaign_reviews,
    put_documents,
    start_campaign,
    work_on_campaigns,
)
from tests.reviews.channels import PaperChannel
from tests.reviews.deliveries import deliver_card
from tests.reviews.desk import find_campaign_page
from tests.reviews.notices import RefusingChannel, require_type, speak_through
from tests.reviews.samples import notice, routes

if TYPE_CHECKING:
    from reviews.campaign import Campaign
    from reviews.model import Post
    from reviews.notice import Notice
    from reviews.ports.unit_of_work import UnitOfWork
    from tests.reviews.desk import Desk

PUBLIC = "C1"


@pytest.fixture
def campaign(desk: Desk) -> Campaign:
    put_documents(desk)
    started = start_campaign(desk)
    desk.deliver_all()
    return started


def list_posts(desk: Desk, kind: NoticeKind = NoticeKind.CAMPAIGN) -> list[Post]:
    return [post for post in desk.notices() if post.notice is not None and post.notice.kind is kind]


def list_sent(desk: Desk, kind: NoticeKind = NoticeKind.CAMPAIGN) -> list[tuple[str, CampaignStage]]:
    """Return where notices of a kind were posted, and how the campaign stood."""
    sent = [(to, each) for to, each in desk.paper.notices if each.kind is kind]
    return [(to, each.stage) for to, each in sent if isinstance(each, CampaignNotice)]


def get_redrawn(desk: Desk) -> list[CampaignNotice]:
    return require_type(CampaignNotice, [each for _to, _id, each in desk.paper.redrawn_notices])


def look_again(desk: Desk, **more: int) -> None:
    """Let the worker look at campaigns, a minute later, and show what there is to show."""
    desk.clock.advance(**(more or {"seconds": int(LOOK_INTERVAL.total_seconds()) + 1}))
    work_on_campaigns(desk)
    desk.deliver_all()


def pass_deadline(desk: Desk, campaign: Campaign) -> None:
    desk.clock.now = campaign.due_at + timedelta(microseconds=345_678)


def acknowledge_everything(desk: Desk, campaign: Campaign) -> None:
    for review in list_campaign_reviews(desk, campaign):
        acknowledge(desk, review, *READERS)


def test_each_channel_of_the_route_has_one_card(desk: Desk, campaign: Campaign) -> None:
    look_again(desk)

    assert list_sent(desk) == [("C1", CampaignStage.RUNNING), ("C2", CampaignStage.RUNNING)]
    [shown, _other] = require_type(CampaignNotice, [post.notice for post in list_posts(desk)])
    assert (shown.title, shown.path, shown.due_at) == (campaign.name, campaign.path, campaign.due_at)
    assert shown.progress == CampaignTotals(documents=3, people=3, finished=0, acknowledged=0, needed=9)
    assert shown.page_url == find_campaign_page(campaign.id)


def test_the_card_is_owed_before_anyone_is_asked(desk: Desk) -> None:
    """A person is looked up in Teams where the card is, so that it has to be posted first."""
    put_documents(desk)
    started = desk.campaigns.start(draft_campaign(desk), by=None)
    desk.clock.advance(seconds=1)
    desk.campaign_work.process_due()

    assert get_campaign(desk, started.id).state is CampaignState.RUNNING
    assert [post.target for post in list_posts(desk)] == ["C1", "C2"]


def test_the_card_shows_who_has_most_left_by_name(desk: Desk, campaign: Campaign) -> None:
    with desk.transactions() as work:
        work.people.remember(Person(id="anna", name=ANNA.name, email=ANNA.email), at=desk.clock())
        work.commit()
    for review in list_campaign_reviews(desk, campaign):
        acknowledge(desk, review, BRUNO)
    acknowledge(desk, list_campaign_reviews(desk, campaign)[0], ANNA)
    look_again(desk)

    shown = get_redrawn(desk)[-1]
    assert shown.most_left == (
        NamedProgress(person=Reviewer(name=str(CARLA.email), email=CARLA.email), acknowledged=0, needed=3),
        NamedProgress(person=Reviewer(name="Anna Liepa", email=ANNA.email), acknowledged=1, needed=3),
    )
    assert (shown.progress.finished, shown.progress.percent) == (1, 44)


def test_many_answers_redraw_the_card_once(desk: Desk, campaign: Campaign) -> None:
    first, second, _third = list_campaign_reviews(desk, campaign)
    acknowledge(desk, first, *READERS)
    acknowledge(desk, second, ANNA)
    look_again(desk)

    assert [each.progress.acknowledged for each in get_redrawn(desk)] == [4, 4]  # in two channels
    assert [to for to, _id, _notice in desk.paper.redrawn_notices] == ["C1", "C2"]


def test_a_look_without_news_redraws_nothing(desk: Desk, campaign: Campaign) -> None:
    with desk.transactions() as work:
        work.campaigns.request_look(campaign.id, at=desk.clock())
        work.commit()
    look_again(desk)

    assert desk.paper.redrawn_notices == []
    assert get_campaign(desk, campaign.id).next_at == campaign.due_at


def test_at_the_deadline_the_channels_learn_once_who_has_documents_left(
    desk: Desk, campaign: Campaign
) -> None:
    review = list_campaign_reviews(desk, campaign)[0]
    pass_deadline(desk, campaign)
    look_again(desk, seconds=1)
    acknowledge(desk, review, ANNA)
    look_again(desk)

    running = CampaignStage.RUNNING
    assert list_sent(desk, NoticeKind.CAMPAIGN_OVERDUE) == [("C1", running), ("C2", running)]
    assert [each.is_late for each in get_redrawn(desk)] == [True] * 4


def test_a_complete_campaign_is_not_overdue(desk: Desk, campaign: Campaign) -> None:
    acknowledge_everything(desk, campaign)
    look_again(desk)
    pass_deadline(desk, campaign)
    look_again(desk, seconds=1)

    assert get_redrawn(desk)[-1].stage is CampaignStage.COMPLETE
    assert list_sent(desk, NoticeKind.CAMPAIGN_OVERDUE) == []
    assert list_sent(desk, NoticeKind.CAMPAIGN_RESULT) == []  # the card shows it


def test_a_campaign_that_is_ended_keeps_the_figures_that_it_had(desk: Desk, campaign: Campaign) -> None:
    first, second, _third = list_campaign_reviews(desk, campaign)
    acknowledge(desk, first, *READERS)
    acknowledge(desk, second, ANNA)
    desk.campaigns.end(campaign.id, by=None)
    look_again(desk)
    look_again(desk)

    shown = get_redrawn(desk)[-1]
    assert shown.stage is CampaignStage.ENDED
    assert shown.progress == CampaignTotals(documents=3, people=3, finished=0, acknowledged=4, needed=9)
    progress = compute_progress(desk, campaign)
    assert (progress.acknowledged, progress.needed) == (4, 9)
    assert get_campaign(desk, campaign.id).next_at is None


def test_reviews_are_closed_though_a_worker_died_after_the_end_was_shown(
    desk: Desk, campaign: Campaign
) -> None:
    desk.campaigns.end(campaign.id, by=None)
    desk.campaign_work.cards.show_progress(campaign.id)
    assert get_campaign(desk, campaign.id).next_at == desk.clock() + RETRY_INTERVAL

    look_again(desk, seconds=301)

    assert {review.state for review in list_campaign_reviews(desk, campaign)} == {ReviewState.CLOSED}


def test_a_campaign_that_could_not_begin_says_why(desk: Desk) -> None:
    desk.campaigns.start(draft_campaign(desk), by=None)  # of a folder without documents
    desk.clock.advance(seconds=1)
    work_on_campaigns(desk)
    desk.deliver_all()

    assert list_sent(desk) == [("C1", CampaignStage.COULD_NOT_BEGIN), ("C2", CampaignStage.COULD_NOT_BEGIN)]
    assert require_type(CampaignNotice, [list_posts(desk)[0].notice])[0].problem
    assert list_sent(desk, NoticeKind.CAMPAIGN_RESULT) == []


def test_an_answer_while_the_figures_are_counted_requests_another_look(
    desk: Desk, campaign: Campaign
) -> None:
    def answer_while_reading(*, reading: bool = False) -> UnitOfWork:
        if reading:
            with desk.transactions() as work:
                work.campaigns.request_look(campaign.id, at=desk.clock())
                work.commit()
        return desk.transactions(reading=reading)

    cards = replace(desk.campaign_work.cards, transactions=answer_while_reading)
    cards.show_progress(campaign.id)

    assert get_campaign(desk, campaign.id).next_at == desk.clock() + LOOK_INTERVAL


@ON_POSTGRESQL
def test_a_look_waits_for_an_answer_that_is_not_committed_yet(desk: Desk, campaign: Campaign) -> None:
    """Its answer would not be counted, and it has requested no later look."""
    with desk.transactions() as work:
        work.campaigns.hold(campaign.id)  # as each act does
        work.campaigns.request_look(campaign.id, at=campaign.due_at)
        query = sa.text("SELECT 1 FROM campaigns WHERE id = :id FOR UPDATE NOWAIT")
        with desk.engine.connect() as other, pytest.raises(sa.exc.OperationalError):
            other.execute(query, {"id": campaign.id})


def test_silent_channels_have_no_card(desk: Desk) -> None:
    put_documents(desk)
    desk.campaign_work = replace(
        desk.campaign_work, cards=replace(desk.campaign_work.cards, silent=frozenset({"paper"}))
    )
    start_campaign(desk)

    assert list_posts(desk) == []


def test_a_channel_that_redraws_nothing_gets_the_card_and_the_result(desk: Desk) -> None:
    desk.write_on_sheets()
    put_documents(desk)
    campaign = start_campaign(desk)
    desk.deliver_all()
    first, second, third = list_campaign_reviews(desk, campaign)
    acknowledge(desk, first, *READERS)
    look_again(desk)
    assert list_sent(desk) == [("C1", CampaignStage.RUNNING), ("C2", CampaignStage.RUNNING)]

    acknowledge(desk, second, *READERS)
    acknowledge(desk, third, *READERS)
    look_again(desk)
    desk.campaigns.end(campaign.id, by=None)
    look_again(desk)

    assert len(list_sent(desk)) == 2
    complete = CampaignStage.COMPLETE
    assert list_sent(desk, NoticeKind.CAMPAIGN_RESULT) == [("C1", complete), ("C2", complete)]


def test_a_deleted_card_is_posted_anew_while_the_campaign_runs(desk: Desk, campaign: Campaign) -> None:
    channel = _Deleted()
    speak_through(desk, channel)
    acknowledge(desk, list_campaign_reviews(desk, campaign)[0], ANNA)
    look_again(desk)
    assert [to for to, _notice in channel.notices] == ["C1", "C2"]

    channel.is_deleted = True
    desk.campaigns.end(campaign.id, by=None)
    look_again(desk)

    assert [to for to, _notice in channel.notices] == ["C1", "C2"]
    assert {post.state for post in list_posts(desk)} == {CardState.POSTED}


def test_a_card_whose_post_was_not_answered_is_found_and_brought_up_to_date(desk: Desk) -> None:
    put_documents(desk)
    channel = RefusingChannel(silent=True)
    speak_through(desk, channel)
    campaign = start_campaign(desk)
    [card, _other] = list_posts(desk)
    assert deliver_card(desk.delivery, card.id) is not None
    acknowledge(desk, list_campaign_reviews(desk, campaign)[0], ANNA)
    look_again(desk)

    assert [to for to, _notice in channel.notices].count("C1") == 1
    assert get_redrawn(desk)[0].progress.acknowledged == 1


def test_a_card_whose_worker_died_after_the_post_is_not_posted_again(desk: Desk) -> None:
    put_documents(desk)
    channel = _Dying()
    speak_through(desk, channel)
    start_campaign(desk)
    [card, _other] = list_posts(desk)
    with pytest.raises(KeyboardInterrupt):
        deliver_card(desk.delivery, card.id, "dead:1")
    release_claims_of_worker(desk.engine, "dead", died=True)
    channel.dies = False
    desk.deliver_all()

    assert [to for to, _notice in channel.notices] == ["C1", "C2"]


def test_a_notice_that_was_found_is_not_posted_again_if_its_worker_died_then(
    desk: Desk, campaign: Campaign
) -> None:
    """What is found is stored in a transaction of its own, before that of the delivery."""
    pass_deadline(desk, campaign)
    work_on_campaigns(desk)
    [overdue, _other] = list_posts(desk, NoticeKind.CAMPAIGN_OVERDUE)
    with desk.transactions() as work:
        work.cards.claim(overdue.id, "dead:1")
        work.cards.mark_attempted(overdue.id, "dead:1", at=desk.clock(), maybe_posted=False)
        work.cards.mark_found(overdue.id, "dead:1", message_id="n77")
        work.commit()
    release_claims_of_worker(desk.engine, "dead", died=True)
    desk.deliver_all()

    assert [to for to, _stage in list_sent(desk, NoticeKind.CAMPAIGN_OVERDUE)] == ["C2"]


def test_a_card_that_is_redrawn_while_it_is_claimed_shows_the_news(desk: Desk, campaign: Campaign) -> None:
    [card, _other] = list_posts(desk)
    assert isinstance(card.notice, CampaignNotice)
    news = replace(card.notice, progress=replace(card.notice.progress, acknowledged=5))
    with desk.transactions() as work:
        work.cards.redraw_notice(("paper", "C1"), card.notice, cause=make_card_cause(campaign.id))
        work.commit()

    class Meanwhile(_RedrawnWhenClaimed):
        pass

    Meanwhile.news = news

    class Unit(SqlUnitOfWork):
        cards = _Repository(Meanwhile)

    claims = CardClaims(
        transactions=partial(Unit, desk.engine),
        notifiers={"paper": desk.paper},
        routes=desk.routes,
        clock=desk.clock,
    )
    claimed = claims.claim(card.id, "job")

    assert isinstance(claimed, ClaimedCard)
    assert claimed.post.notice == news


@pytest.mark.parametrize("ends", [False, True])
def test_the_card_of_a_running_campaign_is_not_removed(desk: Desk, campaign: Campaign, *, ends: bool) -> None:
    if ends:
        desk.campaigns.end(campaign.id, by=None)
        look_again(desk)
    desk.clock.advance(days=300)
    with desk.transactions() as work:
        work.cards.owe_notice(("paper", "C9"), notice(NoticeKind.ALARM), cause="newest")
        work.commit()
    retention.remove_notices(desk.engine, 0, before=desk.clock() - timedelta(days=90), now=desk.clock())

    assert len(list_posts(desk)) == (0 if ends else 2)


@pytest.mark.parametrize("is_private_still", [True, False])
def test_names_of_a_private_route_are_not_shown_in_public(desk: Desk, *, is_private_still: bool) -> None:
    notify = (Target(notifier="paper", address=PUBLIC),)
    desk.follow(routes(private=True, notify=notify))
    desk.paper.public = {PUBLIC}
    put_documents(desk)
    campaign = start_campaign(desk)
    desk.follow(routes(private=is_private_still, notify=notify))
    desk.deliver_all()

    [(to, shown)] = desk.paper.notices
    assert isinstance(shown, CampaignNotice)
    assert to == PUBLIC
    assert campaign.name not in str(shown)
    assert shown.title.startswith("A campaign in ")
    assert (shown.path, shown.progress.documents) == ("", len(FILES))


class _RedrawnWhenClaimed(SqlCardRepository):
    """Cards of which one shows something else by the time it is claimed."""

    news: CampaignNotice | None = None

    def claim(self, card_id: int, job: str) -> Post | None:
        if self.news is not None:
            self.redraw_notice(("paper", "C1"), self.news, cause=make_card_cause(self.news.campaign_id))
        return super().claim(card_id, job)


class _Deleted(PaperChannel):
    is_deleted = True

    def update_notice(self, target: str, message_id: str, notice: Notice) -> None:
        if self.is_deleted:
            raise MessageGone("deleted")
        super().update_notice(target, message_id, notice)


class _Dying(PaperChannel):
    """A channel whose caller dies when the message is there."""

    dies = True

    def post_notice(self, target: str, notice: Notice) -> str:
        message_id = super().post_notice(target, notice)
        if self.dies:
            raise KeyboardInterrupt
        return message_id

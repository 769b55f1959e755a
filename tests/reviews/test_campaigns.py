"""A campaign asks each of its people for each document of a folder, and stays true while these change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviews.campaign import CampaignState
from reviews.campaigns.starting import COMMAND_LINE_TIME
from reviews.errors import NotVisible, Refused
from reviews.kinds import ChangeKind, Decision, ReviewState
from reviews.ledger.history import describe_entry
from reviews.lists.my_reviews import build_waiting_query
from reviews.notice import NoticeKind, ReminderListNotice
from reviews.privacy.redaction import redact_entry, redact_review
from reviews.routes.route import Routes
from runtime.commands.printing.review_json import build_review_json
from tests.reviews.campaigns import (
    ANNA,
    BRUNO,
    CARLA,
    FILES,
    PEOPLE,
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
from tests.reviews.desk import DANA, build_answer_request, make_review_request
from tests.reviews.people import make_proven_person
from tests.reviews.samples import ELSEWHERE, WATCHED, event, route

if TYPE_CHECKING:
    from reviews.campaign import Campaign
    from tests.reviews.desk import Desk


@pytest.fixture
def campaign(desk: Desk) -> Campaign:
    put_documents(desk)
    return start_campaign(desk)


def change_document(desk: Desk, file_id: str) -> None:
    """Let a document have new content, and the intake handle its event."""
    desk.clock.advance(seconds=60)
    desk.portal.versions[file_id] += 1
    change = event(file_id=file_id, version=desk.portal.versions[file_id])
    assert desk.intake.process(desk.receive(change)) is None


def test_each_document_is_asked_for_at_its_present_version(desk: Desk, campaign: Campaign) -> None:
    reviews = list_campaign_reviews(desk, campaign)

    assert campaign.state is CampaignState.RUNNING
    assert [review.file_id for review in reviews] == list(FILES)
    for review in reviews:
        assert (review.kind, review.state, review.version_to) == (ChangeKind.CAMPAIGN, ReviewState.OPEN, 8)
        assert (review.owners, review.required, review.due_at) == (PEOPLE, None, campaign.due_at)
    assert desk.verdict().findings == ()
    assert desk.verdict().problem is None


def test_a_document_is_complete_once_each_person_has_acknowledged_it(desk: Desk, campaign: Campaign) -> None:
    review = list_campaign_reviews(desk, campaign)[0]

    assert acknowledge(desk, review, ANNA, BRUNO).state is ReviewState.OPEN
    assert acknowledge(desk, review, CARLA).state is ReviewState.ACKNOWLEDGED

    progress = compute_progress(desk, campaign)
    assert (progress.acknowledged, progress.needed, progress.percent) == (3, 9, 33)
    assert [(each.address, each.acknowledged) for each in progress.people] == [(each, 1) for each in PEOPLE]
    assert [each.count.acknowledged for each in progress.documents] == [3, 0, 0]
    assert desk.verdict().findings == ()


@pytest.mark.parametrize("decision", list(Decision))
def test_no_one_answers_for_another_person(desk: Desk, campaign: Campaign, decision: Decision) -> None:
    review = list_campaign_reviews(desk, campaign)[0]

    with pytest.raises(Refused):
        desk.answers.record_answer(build_answer_request(review, reviewer=DANA, decision=decision, note="No"))


def test_changes_are_not_requested_in_a_campaign(desk: Desk, campaign: Campaign) -> None:
    review = list_campaign_reviews(desk, campaign)[0]
    request = build_answer_request(review, reviewer=ANNA, decision=Decision.REQUEST_CHANGES, note="Section 4")

    with pytest.raises(Refused, match="only asks to acknowledge"):
        desk.answers.record_answer(request)


def test_a_review_of_a_campaign_is_not_reassigned(desk: Desk, campaign: Campaign) -> None:
    review = list_campaign_reviews(desk, campaign)[0]

    with pytest.raises(Refused, match="can't be reassigned or snoozed"):
        desk.hand_over.check(make_review_request(review, who=ANNA))


def test_new_content_asks_again_for_that_document_only(desk: Desk, campaign: Campaign) -> None:
    first, second, third = list_campaign_reviews(desk, campaign)
    acknowledge(desk, first, ANNA)
    acknowledge(desk, second, *READERS)

    change_document(desk, first.file_id)
    change_document(desk, second.file_id)

    after = list_campaign_reviews(desk, campaign)
    assert [(each.id, each.revision, each.version_to) for each in after[::2]] == [
        (first.id, 2, 9),
        (third.id, 1, 8),
    ]
    assert after[1].id != second.id
    assert (after[1].state, after[1].revision, after[1].version_to) == (ReviewState.OPEN, 1, 9)
    assert compute_progress(desk, campaign).acknowledged == 0
    assert desk.verdict().findings == ()
    assert desk.verdict().problem is None


def test_the_review_of_a_change_lies_beside_that_of_a_campaign(desk: Desk, campaign: Campaign) -> None:
    change_document(desk, FILES[0])

    of_change = desk.latest(FILES[0])
    assert of_change.kind is not ChangeKind.CAMPAIGN
    assert (of_change.campaign, of_change.state) == (None, ReviewState.OPEN)
    desk.answers.record_answer(build_answer_request(of_change))
    assert list_campaign_reviews(desk, campaign)[0].state is ReviewState.OPEN


def test_after_the_deadline_new_content_asks_no_one_again(desk: Desk, campaign: Campaign) -> None:
    review = list_campaign_reviews(desk, campaign)[0]
    acknowledge(desk, review, *READERS)
    desk.clock.now = campaign.due_at.replace(microsecond=345_678)

    change_document(desk, review.file_id)

    assert list_campaign_reviews(desk, campaign)[0].id == review.id


def test_a_document_that_goes_is_no_longer_asked_for(desk: Desk, campaign: Campaign) -> None:
    review = list_campaign_reviews(desk, campaign)[0]

    assert desk.intake.process(desk.receive(event(trigger="file.deleted", file_id=review.file_id))) is None

    with desk.transactions(reading=True) as work:
        after = work.reviews.get(review.id)
    assert after is not None
    assert after.state is ReviewState.CLOSED
    assert len(list_campaign_reviews(desk, campaign)) == 2
    with pytest.raises(Refused, match="no longer asked for"):
        desk.answers.record_answer(build_answer_request(review, reviewer=ANNA))
    assert desk.verdict().findings == ()


def test_documents_that_come_back_with_their_folder_are_asked_for_again(
    desk: Desk, campaign: Campaign
) -> None:
    first, *_others = list_campaign_reviews(desk, campaign)
    acknowledge(desk, first, *READERS)
    folder = f"folder:{WATCHED}"

    for trigger in ("folder.trashed", "folder.restored"):
        desk.clock.advance(seconds=60)
        number = desk.receive(event(trigger=trigger, file_id=folder, occurred_at=desk.clock()))
        desk.intake.process(number)
        if trigger == "folder.trashed":
            assert [review.id for review in list_campaign_reviews(desk, campaign)] == [first.id]

    after = list_campaign_reviews(desk, campaign)
    assert [(each.file_id, each.state) for each in after] == [
        (FILES[0], ReviewState.ACKNOWLEDGED),
        (FILES[1], ReviewState.OPEN),
        (FILES[2], ReviewState.OPEN),
    ]
    assert desk.verdict().findings == ()


def test_only_those_who_have_not_acknowledged_find_it_among_theirs(desk: Desk, campaign: Campaign) -> None:
    review = list_campaign_reviews(desk, campaign)[0]
    acknowledge(desk, review, ANNA)

    with desk.transactions(reading=True) as work:
        counts = {
            who.email: len(
                work.listings.fetch_page(
                    build_waiting_query(work, desk.routes, make_proven_person(who)), 10
                ).entries
            )
            for who in (ANNA, BRUNO, DANA)
        }

    assert counts == {ANNA.email: 2, BRUNO.email: 3, DANA.email: 0}


def test_an_ended_campaign_asks_for_nothing(desk: Desk, campaign: Campaign) -> None:
    first, *_others = list_campaign_reviews(desk, campaign)
    acknowledge(desk, first, *READERS)

    desk.campaigns.end("policies 2026", by=None)
    work_on_campaigns(desk)

    assert get_campaign(desk, campaign.id).state is CampaignState.ENDED
    states = {review.id: review.state for review in list_campaign_reviews(desk, campaign)}
    assert states.pop(first.id) is ReviewState.ACKNOWLEDGED
    assert set(states.values()) == {ReviewState.CLOSED}
    with pytest.raises(Refused, match="has ended already"):
        desk.campaigns.end(campaign.id, by=None)
    assert desk.verdict().findings == ()


def test_the_figures_of_an_ended_campaign_are_those_of_its_end(desk: Desk, campaign: Campaign) -> None:
    first, second, gone = list_campaign_reviews(desk, campaign)
    acknowledge(desk, first, *READERS)
    acknowledge(desk, second, ANNA)
    desk.intake.process(desk.receive(event(trigger="file.deleted", file_id=gone.file_id)))
    desk.clock.advance(seconds=5)
    before = compute_progress(desk, campaign)

    ended = desk.campaigns.end(campaign.id, by=None)
    work_on_campaigns(desk)

    assert compute_progress(desk, campaign) == before
    assert (before.acknowledged, before.needed) == (4, 6)
    with desk.transactions(reading=True) as work:
        figures = work.campaigns.compute_figures([ended], own=[PEOPLE[0]])[ended.id]
        of_two_addresses = work.campaigns.compute_figures([ended], own=PEOPLE[:2])[ended.id]
    assert (figures.documents, figures.acknowledged, figures.needed, figures.own) == (2, 4, 6, 2)
    assert of_two_addresses.own == 1


def test_a_campaign_that_asks_for_too_much_does_not_begin(desk: Desk) -> None:
    put_documents(desk, *(str(number) for number in range(101)))

    campaign = start_campaign(desk, people=tuple(f"reader{number}@example.com" for number in range(200)))

    assert campaign.state is CampaignState.ENDED
    assert "at most 20,000" in campaign.problem


def test_a_clock_that_is_behind_at_the_end_loses_none_of_the_figures(desk: Desk, campaign: Campaign) -> None:
    first, *_others = list_campaign_reviews(desk, campaign)
    acknowledge(desk, first, ANNA)
    before = compute_progress(desk, campaign)
    desk.clock.advance(minutes=10)
    desk.campaigns.end(campaign.id, by=None)
    desk.clock.advance(seconds=-30)
    work_on_campaigns(desk)
    desk.clock.advance(minutes=10)
    work_on_campaigns(desk)

    assert compute_progress(desk, campaign) == before
    assert desk.verdict().findings == ()


@pytest.mark.parametrize(
    ("trigger", "folder", "reason"),
    [
        ("file.trashed", WATCHED, "trashed"),
        ("file.deleted", WATCHED, "deleted"),
        ("file.moved", ELSEWHERE, "moved_out"),
    ],
)
def test_a_withdrawal_asks_no_one_for_a_document_that_went(
    desk: Desk, campaign: Campaign, trigger: str, folder: str, reason: str
) -> None:
    change_document(desk, FILES[1])  # from then on it is known where the folder is
    review = acknowledge(desk, list_campaign_reviews(desk, campaign)[0], *READERS)
    desk.clock.advance(minutes=1)
    departure = event(trigger=trigger, file_id=review.file_id, parent_id=folder, occurred_at=desk.clock())
    assert desk.intake.process(desk.receive(departure)) is None
    assert len(list_campaign_reviews(desk, campaign)) == len(FILES)

    after = desk.answers.withdraw(make_review_request(review, who=ANNA))

    assert (after.state, after.remind_at) == (ReviewState.CLOSED, None)
    closed = [entry for entry in desk.entries() if entry["type"] == "review:closed"]
    assert [entry["reason"] for entry in closed] == [reason]
    assert desk.verdict().findings == ()
    assert desk.verdict().problem is None


def test_a_withdrawal_asks_again_for_a_document_that_no_change_has_made_known(
    desk: Desk, campaign: Campaign
) -> None:
    review = acknowledge(desk, list_campaign_reviews(desk, campaign)[0], *READERS)
    with desk.transactions() as work:
        work.files.forget(review.file_id)
        work.commit()

    assert desk.answers.withdraw(make_review_request(review, who=ANNA)).state is ReviewState.OPEN


def test_two_campaigns_can_not_have_one_name(desk: Desk, campaign: Campaign) -> None:
    with pytest.raises(Refused, match="has not ended"):
        desk.campaigns.start(draft_campaign(desk, name=campaign.name.upper()), by=None)


def test_each_person_gets_one_message_about_all_documents(desk: Desk, campaign: Campaign) -> None:
    desk.look()

    lists = [post.notice for post in desk.notices() if isinstance(post.notice, ReminderListNotice)]
    assert campaign.documents == len(FILES)
    assert [notice.kind for notice in lists] == [NoticeKind.REMINDER_LIST] * len(PEOPLE)
    assert sorted(address for notice in lists for address in notice.mention) == sorted(PEOPLE)


def test_a_campaign_whose_folder_is_gone_ends_at_once_and_says_why(desk: Desk) -> None:
    put_documents(desk)
    desk.portal.trouble["file"] = [NotVisible("DocSpace does not know this (404)", gone=True)]

    campaign = start_campaign(desk)

    assert campaign.state is CampaignState.ENDED
    assert campaign.problem == "the folder does not exist in DocSpace any more"
    assert desk.verdict().findings == ()


def test_a_campaign_waits_for_a_folder_that_is_hidden_for_now(desk: Desk) -> None:
    put_documents(desk)
    desk.portal.trouble["file"] = [NotVisible("the API key's user may not see this (403)", gone=False)]
    campaign = start_campaign(desk)
    assert campaign.state is CampaignState.PREPARING

    desk.clock.advance(seconds=3600)
    work_on_campaigns(desk)

    assert get_campaign(desk, campaign.id).state is CampaignState.RUNNING


def test_the_documents_of_a_private_campaign_are_private(desk: Desk) -> None:
    put_documents(desk)
    desk.follow(Routes([route(private=True)]))
    campaign = desk.campaigns.start(draft_campaign(desk), by=None)
    desk.follow(Routes([route()]))
    work_on_campaigns(desk)

    assert all(each.private for each in list_campaign_reviews(desk, campaign))


def test_a_document_that_was_private_is_asked_for_again_in_private(desk: Desk, campaign: Campaign) -> None:
    desk.follow(Routes([route(private=True)]))
    change_document(desk, FILES[0])
    desk.follow(Routes([route()]))
    acknowledge(desk, list_campaign_reviews(desk, campaign)[0], *READERS)
    change_document(desk, FILES[0])

    [again] = [each for each in list_campaign_reviews(desk, campaign) if each.file_id == FILES[0]]
    assert (again.revision, again.state, again.private) == (1, ReviewState.OPEN, True)


def test_a_worker_goes_on_where_a_command_was_killed(desk: Desk) -> None:
    put_documents(desk)
    campaign = desk.campaigns.start(draft_campaign(desk), by=None, opens_itself=True)
    desk.clock.advance(seconds=COMMAND_LINE_TIME.total_seconds() - 1)
    work_on_campaigns(desk)
    assert get_campaign(desk, campaign.id).state is CampaignState.PREPARING

    desk.clock.advance(seconds=1)
    work_on_campaigns(desk)

    assert get_campaign(desk, campaign.id).state is CampaignState.RUNNING
    assert [review.file_id for review in list_campaign_reviews(desk, campaign)] == list(FILES)


def test_a_command_that_goes_on_after_a_worker_opens_nothing_twice(desk: Desk) -> None:
    put_documents(desk)
    campaign = desk.campaigns.start(draft_campaign(desk), by=None, opens_itself=True)
    listed = desk.campaign_work.listing.list_documents(campaign.folder_id, campaign.route)
    desk.clock.advance(seconds=COMMAND_LINE_TIME.total_seconds())
    work_on_campaigns(desk)

    desk.campaign_work.open_reviews(campaign.id, listed)

    assert [review.file_id for review in list_campaign_reviews(desk, campaign)] == list(FILES)
    assert desk.verdict().findings == ()


def test_the_history_of_a_review_says_what_its_campaign_did(desk: Desk, campaign: Campaign) -> None:
    review = list_campaign_reviews(desk, campaign)[0]
    change_document(desk, review.file_id)
    desk.campaigns.end(campaign.id, by=None)
    work_on_campaigns(desk)
    with desk.transactions(reading=True) as work:
        entries = work.ledger.list_entries(review.id)

    first, second, last = [describe_entry(entry).sentence for entry in entries]

    asks = "The campaign Policies 2026 asks for an acknowledgement of Policy 501.docx."
    assert first == f"{asks} The review was opened for version 8."
    assert second.startswith(
        "Policy 501.docx has new content, and the campaign Policies 2026 asks for it again."
    )
    assert last == "The campaign was ended. The document is no longer asked for."


def test_the_history_says_that_a_document_went(desk: Desk, campaign: Campaign) -> None:
    review = list_campaign_reviews(desk, campaign)[0]
    desk.intake.process(desk.receive(event(trigger="file.deleted", file_id=review.file_id)))
    with desk.transactions(reading=True) as work:
        [last] = work.ledger.list_last_entries(review.id, 1)

    assert (
        describe_entry(last).sentence == "The document was deleted or moved away. It is no longer asked for."
    )


def test_the_name_of_a_campaign_is_private_where_titles_are(desk: Desk, campaign: Campaign) -> None:
    review = list_campaign_reviews(desk, campaign)[0]
    with desk.transactions(reading=True) as work:
        [first] = work.ledger.list_entries(review.id)

    entry, shown = redact_entry(first, "Personnel"), redact_review(review, "Personnel")

    assert "Policies" not in describe_entry(entry).sentence
    assert (shown.campaign and shown.campaign.name) == ""
    assert entry["campaign"] == {"id": campaign.id, "name": "Personnel"}


def test_the_json_of_a_review_names_its_campaign(desk: Desk, campaign: Campaign) -> None:
    first, second, _third = list_campaign_reviews(desk, campaign)
    desk.intake.process(desk.receive(event(trigger="file.deleted", file_id=second.file_id)))

    shown = build_review_json(first)
    closed = next(build_review_json(each) for each in desk.reviews() if each.id == second.id)

    reference = {"id": campaign.id, "name": campaign.name}
    assert (shown["kind"], shown["state"], shown["lapsed_at"]) == ("campaign", "open", None)
    assert (shown["campaign"], shown["missing"]) == (reference, list(PEOPLE))
    assert (closed["state"], closed["missing"]) == ("closed", [])
    assert closed["closed_at"] is not None
    assert build_review_json(desk.latest(second.file_id))["campaign"] is None

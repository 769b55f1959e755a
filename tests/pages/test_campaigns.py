"""The pages of campaigns: the list, one campaign, its documents acknowledged one by one."""

from __future__ import annotations

import csv
import io
import re
from functools import partial
from typing import TYPE_CHECKING

import pytest

from pages.inbox_views import InboxView
from pages.links import Links
from reviews.campaign import MAX_NAME_LENGTH
from reviews.cards.card_drawing import draw_card
from reviews.identity import Identity
from reviews.lists.inbox import Inbox
from reviews.opening import OpenedItem
from reviews.review_request import ReviewRequest
from store.unit_of_work import SqlUnitOfWork
from tests.keys import SECRET_KEY
from tests.pages.campaign_site import open_site
from tests.pages.inboxes import STRANGER, inbox_routes, titles
from tests.pages.proving import let_in
from tests.pages.visitor import ADDRESS
from tests.reviews.campaigns import (
    ANNA,
    BRUNO,
    PEOPLE,
    READERS,
    acknowledge,
    draft_campaign,
    get_campaign,
    list_campaign_reviews,
    put_documents,
    start_campaign,
    work_on_campaigns,
)
from tests.reviews.costs import counted
from tests.reviews.desk import Desk
from tests.reviews.people import make_proven_person
from tests.reviews.samples import DEPUTY, OWNER, WATCHED, event

if TYPE_CHECKING:
    import sqlalchemy as sa

    from reviews.campaign import Campaign
    from tests.pages.inboxes import InboxApplication, InboxVisitor

HOSTILE = '<img src=x onerror=alert(1)> "Policies" & {{ 7*7 }} \N{RIGHT-TO-LEFT OVERRIDE}2026'
ANNAS, BRUNOS = PEOPLE[:2]


@pytest.fixture
def desk(database_engine: sa.Engine) -> Desk:
    return Desk(database_engine, partial(SqlUnitOfWork, database_engine), inbox_routes())


@pytest.fixture
def site(desk: Desk) -> InboxApplication:
    return open_site(desk)


@pytest.fixture
def campaign(desk: Desk) -> Campaign:
    put_documents(desk)
    return start_campaign(desk)


def own_titles(page: str) -> list[str]:
    """Return the titles of the documents that a visitor still has to acknowledge."""
    return re.findall(r'class="name" id="title-[^"]+">(?:<a[^>]*>)?<bdi>([^<]*)<', page)


def measures(page: str, heading: str) -> list[tuple[str, str, str]]:
    """Return the rows of a list: of what, how many of how many, and whether it is complete."""
    part = page.partition(f'<h2 id="{heading}">')[2].partition("</section>")[0]
    rows = re.findall(
        r'class="who">.*?<bdi>([^<]*)<.*?"count">([^<]*)<.*?"finished">([^<]*)<', part, re.DOTALL
    )
    return [(title, count, finished) for title, count, finished in rows]


def act(visitor: InboxVisitor, campaign: Campaign, review_id: str, revision: int = 1) -> str:
    page = visitor.post(f"/campaigns/{campaign.id}/documents/{review_id}", revision=revision)
    assert page.status_code == 303
    address: str = page.headers["Location"]
    return visitor.get(address.partition("#")[0]).text


def test_the_list_has_what_runs_first_and_how_far_it_is(
    desk: Desk, site: InboxApplication, campaign: Campaign
) -> None:
    desk.campaigns.end(campaign.id, by=None)
    work_on_campaigns(desk)
    desk.clock.advance(hours=1)
    running = start_campaign(desk, name="Security 2026")
    acknowledge(desk, list_campaign_reviews(desk, running)[0], ANNA, BRUNO)

    page = site.visitor(OWNER).get("/campaigns").text

    assert re.findall(r'class="name"[^>]*><bdi>([^<]*)<', page) == ["Security 2026", "Policies 2026"]
    assert "2 of 9" in page
    assert "22%" in page
    assert re.findall(r'class="state [a-z]+">([^<]*)<', page) == ["Running", "Ended"]


def test_ended_ones_come_by_the_page(desk: Desk, site: InboxApplication) -> None:
    put_documents(desk, "501")
    for number in range(1, 23):
        campaign = start_campaign(desk, name=f"Past {number}")
        desk.campaigns.end(campaign.id, by=None)
        work_on_campaigns(desk)
    visitor = site.visitor(OWNER)

    first = visitor.get("/campaigns").text
    [older] = re.findall(r'href="(/campaigns\?before=[^"]+)"', first)
    second = visitor.get(older).text

    names = re.findall(r"<bdi>(Past \d+)<", first), re.findall(r"<bdi>(Past \d+)<", second)
    assert names[0] == [f"Past {number}" for number in range(22, 2, -1)]
    assert names[1] == ["Past 2", "Past 1"]
    assert "before=" not in second


def test_owners_and_deputies_see_people_documents_and_a_matrix(
    desk: Desk, site: InboxApplication, campaign: Campaign
) -> None:
    reviews = list_campaign_reviews(desk, campaign)
    acknowledge(desk, reviews[0], *READERS)
    acknowledge(desk, reviews[1], ANNA)

    for email in (OWNER, DEPUTY):
        page = site.visitor(email).get(f"/campaigns/{campaign.id}").text

        assert measures(page, "people") == [
            ("anna@example.com", "2 of 3", ""),
            ("bruno@example.com", "1 of 3", ""),
            ("carla@example.com", "1 of 3", ""),
        ]
        assert measures(page, "documents") == [
            ("Policy 501.docx", "3 of 3", "complete"),
            ("Policy 502.docx", "1 of 3", ""),
            ("Policy 503.docx", "0 of 3", ""),
        ]
        assert page.count('<span class="yes">') == 4
        assert page.count('<span class="no">') == 5
        assert "4 of 9 acknowledgements" in page
        assert "Your documents" not in page


def test_only_what_is_not_complete_can_be_listed(
    desk: Desk, site: InboxApplication, campaign: Campaign
) -> None:
    for review in list_campaign_reviews(desk, campaign):
        acknowledge(desk, review, ANNA)

    page = site.visitor(OWNER).get(f"/campaigns/{campaign.id}?show=incomplete").text

    assert [row[0] for row in measures(page, "people")] == ["bruno@example.com", "carla@example.com"]
    assert 'class="matrix"' not in page


def test_one_of_the_people_sees_the_figures_and_their_own_documents_alone(
    desk: Desk, site: InboxApplication, campaign: Campaign
) -> None:
    acknowledge(desk, list_campaign_reviews(desk, campaign)[0], ANNA, BRUNO)

    page = site.visitor(ANNAS).get(f"/campaigns/{campaign.id}").text

    assert own_titles(page) == ["Policy 502.docx", "Policy 503.docx"]
    assert "2 of 9 acknowledgements" in page
    assert "1 of 3" in page
    assert "bruno" not in page
    assert "Download CSV" not in page
    assert 'id="people"' not in page


def test_a_document_is_acknowledged_and_the_next_one_is_at_hand(
    desk: Desk, site: InboxApplication, campaign: Campaign
) -> None:
    first, second, _third = list_campaign_reviews(desk, campaign)
    anna = site.visitor(ANNAS)
    anna.get(f"/campaigns/{campaign.id}")

    page = act(anna, campaign, first.id)

    assert "You have acknowledged Policy 501.docx. Your answer is in the ledger." in page
    assert re.search(rf'<li id="next" tabindex="-1">\s*<div>\s*<p class="name" id="title-{second.id}"', page)
    [answer] = list_campaign_reviews(desk, campaign)[0].answers
    assert (answer.owner, answer.identity, answer.revision) == (ANNAS, Identity.DEMO, 1)


def test_once_all_are_acknowledged_it_says_so(desk: Desk, site: InboxApplication, campaign: Campaign) -> None:
    anna = site.visitor(ANNAS)
    anna.get(f"/campaigns/{campaign.id}")
    pages = [act(anna, campaign, review.id) for review in list_campaign_reviews(desk, campaign)]

    assert "You have acknowledged all documents." in pages[-1]
    assert "3 documents acknowledged" in pages[-1]


def test_a_form_of_an_earlier_revision_is_refused(
    desk: Desk, site: InboxApplication, campaign: Campaign
) -> None:
    review = list_campaign_reviews(desk, campaign)[0]
    anna = site.visitor(ANNAS)
    anna.get(f"/campaigns/{campaign.id}")

    page = anna.post(f"/campaigns/{campaign.id}/documents/{review.id}", revision=0)

    assert page.status_code == 409
    assert 'role="alert"' in page.text
    assert list_campaign_reviews(desk, campaign)[0].answers == ()


def test_a_form_without_its_token_is_refused(desk: Desk, site: InboxApplication, campaign: Campaign) -> None:
    review = list_campaign_reviews(desk, campaign)[0]
    anna = site.visitor(ANNAS)
    anna.form_token = "forged"

    page = anna.post(f"/campaigns/{campaign.id}/documents/{review.id}", revision=1)

    assert page.status_code == 400
    assert list_campaign_reviews(desk, campaign)[0].answers == ()


@pytest.mark.parametrize("email", [STRANGER, OWNER])
def test_who_is_not_asked_can_acknowledge_nothing(
    desk: Desk, site: InboxApplication, campaign: Campaign, email: str
) -> None:
    review = list_campaign_reviews(desk, campaign)[0]
    visitor = site.visitor(email)
    visitor.get("/campaigns")

    page = visitor.post(f"/campaigns/{campaign.id}/documents/{review.id}", revision=1)

    assert page.status_code == 404
    assert list_campaign_reviews(desk, campaign)[0].answers == ()


def test_a_review_of_another_campaign_is_not_acknowledged_by_this_address(
    desk: Desk, site: InboxApplication, campaign: Campaign
) -> None:
    other = start_campaign(desk, name="Other")
    anna = site.visitor(ANNAS)
    anna.get(f"/campaigns/{campaign.id}")
    review = list_campaign_reviews(desk, other)[0]

    assert anna.post(f"/campaigns/{campaign.id}/documents/{review.id}", revision=1).status_code == 404


def test_a_proof_that_suffices_to_read_does_not_suffice_to_acknowledge(
    desk: Desk, site: InboxApplication, campaign: Campaign
) -> None:
    review = list_campaign_reviews(desk, campaign)[0]
    anna = site.visitor(None)
    let_in(anna.client, make_proven_person(ANNA), at=desk.clock())
    desk.clock.advance(minutes=31)
    assert anna.get(f"/campaigns/{campaign.id}").status_code == 200

    page = anna.post(f"/campaigns/{campaign.id}/documents/{review.id}", revision=1)

    assert page.status_code == 401
    assert "Nothing was recorded: confirm again who you are." in page.text
    assert list_campaign_reviews(desk, campaign)[0].answers == ()


@pytest.mark.parametrize("path", ["", "/acknowledgements.csv"])
def test_others_are_answered_as_if_there_were_no_such_campaign(
    site: InboxApplication, campaign: Campaign, path: str
) -> None:
    stranger = site.visitor(STRANGER)

    there, nowhere = stranger.get(f"/campaigns/{campaign.id}{path}"), stranger.get(f"/campaigns/no{path}")

    assert (there.status_code, nowhere.status_code) == (404, 404)
    without_token = partial(re.sub, r'value="[^"]+"', "")
    assert without_token(there.text) == without_token(nowhere.text)
    assert "Policies" not in stranger.get("/campaigns").text


def test_who_is_not_known_is_asked_and_then_comes_to_the_campaign(
    site: InboxApplication, campaign: Campaign
) -> None:
    visitor = site.visitor(None)
    for path in ("", f"/{campaign.id}", f"/{campaign.id}/acknowledgements.csv"):
        page = visitor.get(f"/campaigns{path}")
        assert page.status_code == 401
        assert "Policies" not in page.text
    visitor.get(site.stand_ins.build_path(ANNAS))

    assert visitor.get("/reviews").headers["Location"].endswith(f"/campaigns/{campaign.id}")


def test_the_people_of_a_private_campaign_see_their_documents_and_others_nothing(
    desk: Desk, campaign: Campaign
) -> None:
    desk.follow(inbox_routes(private=True))
    site = open_site(desk)

    assert len(own_titles(site.visitor(ANNAS).get(f"/campaigns/{campaign.id}").text)) == 3
    assert site.visitor(STRANGER).get(f"/campaigns/{campaign.id}").status_code == 404
    assert site.visitor(OWNER).get(f"/campaigns/{campaign.id}").status_code == 200


def test_the_file_has_a_row_for_each_document_and_person(
    desk: Desk, site: InboxApplication, campaign: Campaign
) -> None:
    acknowledge(desk, list_campaign_reviews(desk, campaign)[0], ANNA)

    response = site.visitor(OWNER).get(f"/campaigns/{campaign.id}/acknowledgements.csv")

    rows = list(csv.DictReader(io.StringIO(response.data.decode("utf-8-sig"))))
    assert len(rows) == 9
    assert (rows[0]["document"], rows[0]["person"]) == ("Policy 501.docx", ANNAS)
    assert [bool(row["acknowledged_at"]) for row in rows] == [True, *(False,) * 8]
    assert "attachment" in response.headers["Content-Disposition"]
    assert response.headers["Cache-Control"] == "no-store"
    assert site.visitor(ANNAS).get(f"/campaigns/{campaign.id}/acknowledgements.csv").status_code == 404


def test_a_large_campaign_is_exported_in_parts(desk: Desk, site: InboxApplication) -> None:
    put_documents(desk, *(str(number) for number in range(501, 561)))
    campaign = start_campaign(desk)

    text = site.visitor(OWNER).get(f"/campaigns/{campaign.id}/acknowledgements.csv").text

    assert len(text.splitlines()) == 1 + 60 * 3


def test_hostile_names_are_shown_and_do_nothing(desk: Desk, site: InboxApplication) -> None:
    put_documents(desk, "501", "502")
    desk.portal.titles["501"] = "=cmd|'/c calc'!A1 <script>alert(1)</script>.docx"
    desk.store_file("501")
    campaign = start_campaign(desk, name=HOSTILE[:MAX_NAME_LENGTH])

    for email in (OWNER, ANNAS):
        visitor = site.visitor(email)
        for path in ("/campaigns", f"/campaigns/{campaign.id}", "/inbox", "/reviews"):
            page = visitor.get(path).text
            assert "<img" not in page
            assert "<script>" not in page
            assert "\u202e" not in page
            assert "49" not in re.findall(r"<h1[^>]*>(.*?)</h1>", page)[0]
    rows = site.visitor(OWNER).get(f"/campaigns/{campaign.id}/acknowledgements.csv").text
    assert "'=cmd" in rows


def test_an_opened_document_is_recorded(desk: Desk, site: InboxApplication, campaign: Campaign) -> None:
    anna = site.visitor(ANNAS)
    page = anna.get(f"/campaigns/{campaign.id}").text
    [link, *_others] = re.findall(r'href="(/document/[^"]+)"', page)

    assert anna.get(link).status_code == 303
    act(anna, campaign, list_campaign_reviews(desk, campaign)[0].id)

    [answered] = [entry for entry in desk.entries() if entry["type"] == "review:acknowledged"]
    assert OpenedItem.DOCUMENT.value in str(answered["opened"])


def test_a_campaign_of_which_nothing_is_left_is_shown(
    desk: Desk, site: InboxApplication, campaign: Campaign
) -> None:
    desk.campaigns.end(campaign.id, by=None)
    work_on_campaigns(desk)

    for email in (OWNER, ANNAS):
        page = site.visitor(email).get(f"/campaigns/{campaign.id}")
        assert page.status_code == 200
        assert "Ended" in page.text
    assert get_campaign(desk, campaign.id).ended_at is not None


def test_a_complete_campaign_stays_complete_when_it_is_ended(
    desk: Desk, site: InboxApplication, campaign: Campaign
) -> None:
    for review in list_campaign_reviews(desk, campaign):
        acknowledge(desk, review, *READERS)
    desk.campaigns.end(campaign.id, by=None)
    work_on_campaigns(desk)

    for address in ("/campaigns", f"/campaigns/{campaign.id}"):
        page = site.visitor(OWNER).get(address).text
        assert re.search(r'class="[^"]*\bdone\b[^"]*"[^>]*>\s*Complete', page)


def test_a_campaign_that_is_being_prepared_is_shown(desk: Desk, site: InboxApplication) -> None:
    put_documents(desk)
    campaign = desk.campaigns.start(draft_campaign(desk), by=None)

    page = site.visitor(OWNER).get(f"/campaigns/{campaign.id}").text

    assert "Being prepared" in page
    assert WATCHED not in page


def test_the_inbox_has_a_line_for_a_campaign_and_no_card_for_each_document(
    desk: Desk, site: InboxApplication
) -> None:
    put_documents(desk, *(str(number) for number in range(501, 541)))
    campaign = start_campaign(desk)
    acknowledge(desk, list_campaign_reviews(desk, campaign)[0], ANNA)
    desk.open(event(file_id="601", title="Changed.docx"))

    annas, owners = site.visitor(ANNAS).inbox(), site.visitor(OWNER).inbox()

    assert "39 documents for you to acknowledge" in annas
    assert "1 of 40" in annas
    assert titles(annas) == []
    assert "Nothing is waiting for review" not in annas
    assert "for you to acknowledge" not in owners
    assert "1 of 120" in owners
    assert titles(owners) == ["Changed.docx"]


def test_what_is_open_is_announced_to_the_inbox(desk: Desk, campaign: Campaign) -> None:
    inbox = Inbox(transactions=desk.transactions, routes=desk.routes, clock=desk.clock)
    reader = ReviewRequest(review_id="", person=make_proven_person(ANNA))
    before = InboxView().load_fingerprint(inbox, reader)
    acknowledge(desk, list_campaign_reviews(desk, campaign)[0], BRUNO)

    assert InboxView().load_fingerprint(inbox, reader) != before


def test_the_page_of_its_review_asks_for_nothing_but_the_acknowledgement(
    desk: Desk, site: InboxApplication, campaign: Campaign
) -> None:
    review = list_campaign_reviews(desk, campaign)[0]
    anna = site.visitor(ANNAS)
    links = Links(SECRET_KEY, ADDRESS)
    addresses = (
        f"/inbox/reviews/{review.id}",
        links.make_address(draw_card(review)).removeprefix(ADDRESS),
        f"/reviews/{review.id}",
    )

    for page in (anna.get(address).text for address in addresses):
        assert "<strong><bdi>Policies 2026</bdi></strong> asks to acknowledge this document" in page
        assert "Request changes" not in page
        assert "What changed" not in page
        assert f'href="/campaigns/{campaign.id}"' in page
        assert "3 people" in page
        assert "bruno" not in page
    assert all("No change is approved." in anna.get(address).text for address in addresses[:2])


def test_owners_see_on_the_page_of_a_review_who_is_missing(
    desk: Desk, site: InboxApplication, campaign: Campaign
) -> None:
    review = acknowledge(desk, list_campaign_reviews(desk, campaign)[0], ANNA)

    page = site.visitor(OWNER).get(f"/reviews/{review.id}").text

    assert "1 of 3" in page
    assert "bruno@example.com, carla@example.com" in page


def test_the_history_finds_what_campaigns_ask_for(site: InboxApplication, campaign: Campaign) -> None:
    page = site.visitor(OWNER).get("/reviews?kind=campaign").text

    assert page.count("asked for by <bdi>the campaign Policies 2026</bdi>") >= 3
    assert '<option value="campaign" selected>asked for by a campaign</option>' in page
    assert 'href="/campaigns"' in page
    assert campaign.id not in site.visitor(STRANGER).get("/reviews").text


@pytest.mark.parametrize("email", [OWNER, ANNAS])
def test_a_large_campaign_takes_no_more_statements_than_a_small_one(
    desk: Desk, site: InboxApplication, email: str
) -> None:
    put_documents(desk, "501", "502")
    small = start_campaign(desk, name="Small")
    put_documents(desk, *(str(number) for number in range(503, 560)))
    people = (*PEOPLE, *(f"reader{number}@example.com" for number in range(60)))
    large = start_campaign(desk, name="Large", people=people)
    visitor = site.visitor(email)

    with counted(desk.engine) as small_cost:
        visitor.get(f"/campaigns/{small.id}")
    with counted(desk.engine) as large_cost:
        visitor.get(f"/campaigns/{large.id}")

    assert large_cost.statements <= small_cost.statements <= 20


def test_the_list_takes_the_same_statements_for_any_number_of_campaigns(
    desk: Desk, site: InboxApplication
) -> None:
    put_documents(desk, "501")
    visitor = site.visitor(ANNAS)
    counts = []
    for number in (1, 2, 3):
        start_campaign(desk, name=f"Campaign {number}")
        with counted(desk.engine) as cost:
            visitor.get("/campaigns")
        counts.append(cost.statements)

    assert len(set(counts)) == 1


def test_what_campaigns_ask_for_does_not_stand_above_the_history(
    desk: Desk, site: InboxApplication, campaign: Campaign
) -> None:
    desk.open(event(file_id="601", title="Changed.docx"))
    desk.clock.advance(days=60)
    assert desk.clock() > campaign.due_at

    page = site.visitor(OWNER).get("/reviews").text
    above, list_of_all = page.split('id="list"')

    assert re.findall(r'class="name"[^>]*><bdi>([^<]*)<', above) == ["Changed.docx"]
    assert "Policy 501.docx" in list_of_all


def test_in_another_language_the_statement_of_the_ledger_is_shown_too(
    site: InboxApplication, campaign: Campaign
) -> None:
    anna = site.visitor(ANNAS)

    german, english = (
        anna.get(f"/campaigns/{campaign.id}", headers={"Accept-Language": language}).text
        for language in ("de", "en")
    )

    assert '<q lang="en">I have reviewed this version.</q>' in german
    assert '<q lang="en">' not in english


def test_of_many_documents_and_people_there_are_pages_and_no_table(
    desk: Desk, site: InboxApplication
) -> None:
    put_documents(desk, *(str(number) for number in range(501, 606)))
    people = (*PEOPLE, *(f"reader{number}@example.com" for number in range(4)))
    campaign = start_campaign(desk, people=people)
    owner, anna = site.visitor(OWNER), site.visitor(ANNAS)

    first = owner.get(f"/campaigns/{campaign.id}").text
    second = owner.get(f"/campaigns/{campaign.id}?documents=2").text
    last = anna.get(f"/campaigns/{campaign.id}?own=99999").text

    assert 'class="matrix"' not in first
    assert (len(measures(first, "documents")), len(measures(second, "documents"))) == (100, 5)
    assert len(measures(second, "people")) == 7
    assert own_titles(last) == [f"Policy {number}.docx" for number in range(601, 606)]
    assert "Page 5 of 5" in last

"""Content that is withheld, too large or does not come: said with its reason, and never `the same`."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from demo import ROOM, Cut, Endless, SignInPage, Slow
from demo.starting_data import API_KEY
from docspace.client import Client
from docspace.http import Http
from reviews.backoff import MAX_ATTEMPTS
from reviews.cards.card_drawing import draw_card
from reviews.comparison import ComparisonState
from reviews.errors import Permanent
from reviews.ports.reports import ComparisonSettled
from reviews.routes.route import Routes, ShowChanges
from tests.databases import ON_SQLITE
from tests.reviews.comparing_desk import HANDLER, MAX_BYTES
from webhook.document_source import PortalDocuments

if TYPE_CHECKING:
    from demo.body_faults import BodyFault
    from tests.reviews.comparing_desk import ComparingDesk

pytestmark = ON_SQLITE
"""What the store does is held by `tests/store/test_comparisons.py` on both databases."""


OUTAGES = (401, 402, 429, 500, 503)


@pytest.mark.parametrize(
    ("keys", "reason"),
    [({"private": True}, "private_route"), ({"show_changes": ShowChanges.OFF}, "turned_off")],
)
def test_nothing_is_fetched_where_the_route_does_not_allow_it(
    comparing_desk: ComparingDesk, keys: dict[str, object], reason: str
) -> None:
    review = comparing_desk.upload()
    comparing_desk.follow(**keys)

    comparing_desk.compare_due()

    assert comparing_desk.get_outcome(review) == ("withheld", reason)
    assert comparing_desk.count_downloads() == 0


def test_nothing_is_fetched_for_a_route_that_is_gone(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload()
    comparing_desk.comparing = replace(comparing_desk.comparing, routes=Routes([]))

    comparing_desk.compare_due()

    assert comparing_desk.get_outcome(review) == ("withheld", "turned_off")
    assert comparing_desk.count_downloads() == 0


def test_nothing_is_fetched_that_could_not_be_encrypted(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload()
    comparing_desk.comparing = replace(comparing_desk.comparing, sealer=None)

    comparing_desk.compare_due()

    assert comparing_desk.get_outcome(review) == ("withheld", "no_key")
    assert comparing_desk.count_downloads() == 0


def test_nothing_is_fetched_of_a_room_with_a_watermark(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload()
    comparing_desk.portal.protect_room(ROOM, watermark="Confidential")

    comparing_desk.compare_due()

    assert comparing_desk.get_outcome(review) == ("withheld", "watermark")
    assert comparing_desk.count_downloads() == 0


def test_nothing_is_fetched_of_a_room_that_denies_downloads(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload()
    comparing_desk.portal.protect_room(ROOM, denies_download=True)

    comparing_desk.compare_due()

    assert comparing_desk.get_outcome(review) == ("withheld", "download_denied")
    assert comparing_desk.count_downloads() == 0


def test_a_document_over_the_limit_is_said_to_be_too_large(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload("word " * (MAX_BYTES // 4))

    comparing_desk.compare_due()

    assert comparing_desk.get_outcome(review) == ("too_large", "file_size")
    assert comparing_desk.count_downloads() == 0


def test_a_portal_that_sends_without_end_is_left_at_the_limit(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload()
    comparing_desk.portal.faults.spoil(Endless(), path=HANDLER)

    assert comparing_desk.compare_due() == [None]

    assert comparing_desk.get_outcome(review) == ("too_large", "file_size")
    [report] = comparing_desk.reports
    assert isinstance(report, ComparisonSettled)
    assert (report.review_id, report.state) == (review.id, ComparisonState.TOO_LARGE)


@pytest.mark.parametrize("fault", [Cut(7), SignInPage()])
def test_content_that_is_not_whole_is_fetched_again(comparing_desk: ComparingDesk, fault: BodyFault) -> None:
    review = comparing_desk.upload()
    comparing_desk.portal.faults.spoil(fault, path=HANDLER)

    [seconds] = comparing_desk.compare_due()

    assert seconds
    assert comparing_desk.get_outcome(review) is None
    assert comparing_desk.compare_due() == [None]
    assert comparing_desk.get_outcome(review) == ("compared", None)


def test_a_portal_that_sends_a_byte_at_a_time_is_left_and_tried_again(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload()
    address = comparing_desk.address
    slow = PortalDocuments(Client(Http(address, API_KEY, timeout=0.2)), max_bytes=MAX_BYTES)
    comparing_desk.comparing = replace(comparing_desk.comparing, source=slow)
    comparing_desk.portal.faults.spoil(Slow(1.0), path=HANDLER)

    [seconds] = comparing_desk.compare_due()

    comparing_desk.portal.faults.clear()
    assert seconds
    assert comparing_desk.get_outcome(review) is None


@pytest.mark.parametrize("status", OUTAGES)
def test_an_outage_is_no_outcome(comparing_desk: ComparingDesk, status: int) -> None:
    review = comparing_desk.upload()
    comparing_desk.portal.faults.answer(status, path=HANDLER)

    [seconds] = comparing_desk.compare_due()

    assert seconds
    assert comparing_desk.get_outcome(review) is None


@pytest.mark.parametrize("status", [403, 404])
def test_a_version_that_docspace_does_not_show_is_said_not_to_be_shown(
    comparing_desk: ComparingDesk, status: int
) -> None:
    review = comparing_desk.upload()
    comparing_desk.portal.faults.answer(status, path=HANDLER)

    assert comparing_desk.compare_due() == [None]

    assert comparing_desk.get_outcome(review) == ("withheld", "not_visible")


def test_a_redirect_that_leads_in_circles_is_tried_again(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload()
    comparing_desk.portal.faults.redirect(HANDLER, path=HANDLER, count=9)

    [seconds] = comparing_desk.compare_due()

    assert seconds
    assert comparing_desk.get_outcome(review) is None


def test_attempts_are_ever_further_apart_and_end_with_a_sentence(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload()
    comparing_desk.portal.faults.answer(500, path=HANDLER, count=None)

    waits = [comparing_desk.compare_due()[0] for _ in range(MAX_ATTEMPTS)]

    assert waits[:4] == [2.0, 4.0, 8.0, 16.0]
    assert waits[-1] is None
    assert sorted(waits[:-1]) == waits[:-1]  # type: ignore[type-var]
    assert comparing_desk.get_outcome(review) == ("unreadable", "not_fetched")
    card = draw_card(comparing_desk.review(review))
    assert card.changes == "The text could not be read: DocSpace did not send the document."
    assert comparing_desk.take() == []


def test_each_failed_attempt_is_reported_with_its_reason(comparing_desk: ComparingDesk) -> None:
    comparing_desk.upload()
    comparing_desk.portal.faults.answer(500, path=HANDLER)

    comparing_desk.compare_due()
    comparing_desk.compare_due()

    states = [(each.state, each.reason is None) for each in comparing_desk.reports]  # type: ignore[union-attr]
    assert states == [(ComparisonState.WAITING, False), (ComparisonState.COMPARED, True)]


def test_a_comparison_that_kills_its_workers_is_given_up_at_once(comparing_desk: ComparingDesk) -> None:
    review = comparing_desk.upload()
    [number] = comparing_desk.take()

    assert comparing_desk.comparing.count_failure(number, Permanent("the worker died")) is None

    assert comparing_desk.get_outcome(review) == ("unreadable", "crashed")

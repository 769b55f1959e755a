"""A channel that subscribed sees what changes beneath its folder, once, and has nothing to answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from demo import BOB, COMPLIANCE, OLGA, OTHER, QUARTER
from demo.starting_data import DEEP
from reviews.kinds import ChangeKind
from reviews.notice import NoticeKind
from tests.databases import ON_SQLITE
from tests.reviews.portal_desk import FILE, INNER, both_folders, open_portal_desk, other_folder
from tests.reviews.samples import event
from tests.reviews.subscribed import READERS, deliver_change_notices, subscribe

if TYPE_CHECKING:
    from tests.reviews.desk import Desk
    from tests.reviews.portal_desk import PortalDesk

pytestmark = ON_SQLITE

EVERYTHING = frozenset(ChangeKind)


def test_a_change_is_told_once_with_who_did_what_and_where(portal_desk: PortalDesk) -> None:
    subscribe(portal_desk.desk)

    portal_desk.reviews_of(*(lambda: portal_desk.portal.save(FILE, by=BOB.id) for _ in range(3)))

    [notice] = deliver_change_notices(portal_desk.desk)
    assert (notice.kind, notice.change_kind, notice.title) == (
        NoticeKind.CHANGE,
        ChangeKind.CONTENT,
        "Policy.docx",
    )
    assert ([each.name for each in notice.who], notice.path) == (
        ["Bob Chen"],
        "Legal & Compliance / Compliance",
    )
    assert notice.link is not None
    assert READERS not in {target for target, _ in portal_desk.desk.paper.posts}


def test_a_change_deep_inside_is_seen_and_one_elsewhere_is_not(portal_desk: PortalDesk) -> None:
    subscribe(portal_desk.desk)
    subscribe(portal_desk.desk, DEEP, target="C8")

    portal_desk.reviews_of(lambda: portal_desk.portal.save(INNER, by=BOB.id))
    portal_desk.reviews_of(lambda: portal_desk.portal.save(FILE, by=BOB.id))

    assert [notice.title for notice in deliver_change_notices(portal_desk.desk)] == [
        "Inner.docx",
        "Policy.docx",
    ]
    assert [notice.title for notice in deliver_change_notices(portal_desk.desk, "C8")] == ["Inner.docx"]


def test_only_the_kinds_that_were_asked_for_are_told(portal_desk: PortalDesk) -> None:
    subscribe(portal_desk.desk, kinds=frozenset({ChangeKind.RENAMED}))

    portal_desk.reviews_of(lambda: portal_desk.portal.save(FILE, by=BOB.id))
    portal_desk.reviews_of(lambda: portal_desk.portal.rename(FILE, "Policy 2.docx", by=BOB.id))

    assert [notice.change_kind for notice in deliver_change_notices(portal_desk.desk)] == [ChangeKind.RENAMED]


def test_what_asks_for_no_review_is_told_to_channels_that_asked_for_that_kind(
    portal_desk: PortalDesk,
) -> None:
    subscribe(portal_desk.desk, kinds=EVERYTHING)
    subscribe(portal_desk.desk, target="C8")

    portal_desk.reviews_of(lambda: portal_desk.portal.lock(FILE, by=BOB.id))

    [notice] = deliver_change_notices(portal_desk.desk)
    assert (notice.change_kind, [each.name for each in notice.who]) == (ChangeKind.METADATA, ["Bob Chen"])
    assert deliver_change_notices(portal_desk.desk, "C8") == []


def test_our_own_comment_is_no_change(portal_desk: PortalDesk) -> None:
    subscribe(portal_desk.desk, kinds=EVERYTHING)

    portal_desk.reviews_of(
        lambda: portal_desk.portal.comment(FILE, "Reviewed by Dana, version 1", by=OLGA.id)
    )

    assert deliver_change_notices(portal_desk.desk) == []


def test_a_channel_that_gets_the_card_is_told_nothing_more(portal_desk: PortalDesk) -> None:
    subscribe(portal_desk.desk, target="C1")
    subscribe(portal_desk.desk, target="C2", digest=True)

    portal_desk.reviews_of(lambda: portal_desk.portal.save(FILE, by=BOB.id))

    assert deliver_change_notices(portal_desk.desk, "C1") == []
    with portal_desk.desk.transactions(reading=True) as work:
        assert work.subscriptions.list_pending_digests() == []


def test_what_leaves_is_seen_from_where_it_was_without_the_way_to_where_it_is(
    portal_desk: PortalDesk,
) -> None:
    subscribe(portal_desk.desk)

    portal_desk.reviews_of(lambda: portal_desk.portal.move(FILE, OTHER, by=BOB.id))

    [notice] = deliver_change_notices(portal_desk.desk)
    assert (notice.change_kind, notice.link) == (ChangeKind.MOVED_OUT, None)
    assert notice.path == "Legal & Compliance / Compliance"


def test_a_move_within_a_route_is_one_for_a_channel_that_sees_a_part_of_it(portal_desk: PortalDesk) -> None:
    subscribe(portal_desk.desk, DEEP, target="C7")
    subscribe(portal_desk.desk, QUARTER, target="C8")
    subscribe(portal_desk.desk)

    portal_desk.reviews_of(lambda: portal_desk.portal.move(INNER, QUARTER, by=BOB.id))
    portal_desk.reviews_of(lambda: portal_desk.portal.move(FILE, DEEP, by=BOB.id))

    deep = [(notice.title, notice.change_kind) for notice in deliver_change_notices(portal_desk.desk, "C7")]
    assert deep == [("Inner.docx", ChangeKind.MOVED_OUT), ("Policy.docx", ChangeKind.MOVED_IN)]
    assert [notice.title for notice in deliver_change_notices(portal_desk.desk, "C8")] == ["Policy.docx"]
    assert deliver_change_notices(portal_desk.desk) == []  # to the whole, both stayed where they were


def test_between_two_routes_a_channel_that_sees_both_hears_of_where_it_is(desk: Desk) -> None:
    with open_portal_desk(desk, both_folders(), other_folder()) as portal_desk:
        portal_desk.know_everything()
        for folder in (COMPLIANCE, OTHER):
            subscribe(desk, folder)
        subscribe(desk, COMPLIANCE, target="C8")

        portal_desk.reviews_of(lambda: portal_desk.portal.move(FILE, OTHER, by=BOB.id))

        [notice] = deliver_change_notices(desk)
        assert (notice.route, notice.change_kind) == ("other", ChangeKind.MOVED_IN)
        assert [each.change_kind for each in deliver_change_notices(desk, "C8")] == [ChangeKind.MOVED_OUT]


def test_what_happens_to_a_folder_is_told_above_it_and_inside(portal_desk: PortalDesk) -> None:
    subscribe(portal_desk.desk)
    subscribe(portal_desk.desk, DEEP, target="C8")

    portal_desk.reviews_of(lambda: portal_desk.portal.trash_folder(QUARTER, by=BOB.id))

    for target in (READERS, "C8"):
        [notice] = deliver_change_notices(portal_desk.desk, target)
        assert (notice.title, notice.is_folder, notice.change_kind) == ("2026 Q1", True, ChangeKind.TRASHED)


def test_a_failed_attempt_owes_nothing_and_the_next_one_owes_it_once(desk: Desk) -> None:
    subscribe(desk, 539564)
    number = desk.receive(event())
    desk.portal.trouble["editors"] = [OSError("gone")]

    with pytest.raises(OSError, match="gone"):
        desk.intake.process(number)
    assert deliver_change_notices(desk) == []
    desk.intake.process(number)
    desk.intake.process(number)

    assert len(deliver_change_notices(desk)) == 1


def test_a_subscription_comes_back_as_it_went_in_and_is_replaced_by_a_newer_one(desk: Desk) -> None:
    made = subscribe(desk, kinds=frozenset({ChangeKind.RENAMED, ChangeKind.CONTENT}), digest=True)
    newer = subscribe(desk, title="Called otherwise")

    with desk.transactions() as work:
        assert work.subscriptions.list_of_channel("paper", READERS) == [newer]
        assert work.subscriptions.list_made_by("paper", "U1") == [newer]
        work.subscriptions.put(made)
        assert work.subscriptions.list_of_folders([str(COMPLIANCE)]) == [replace(made)]
        assert work.subscriptions.drop("paper", READERS, str(COMPLIANCE))
        assert not work.subscriptions.drop("paper", READERS, str(COMPLIANCE))
        assert work.subscriptions.list_of_folders([]) == []

"""The page of the stand-in portal: three people, files to change, and what became of each delivery."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any

import pytest
import requests

from demo import (
    ALICE,
    BOB,
    COMPLIANCE,
    OLGA,
    OTHER,
    DemoPortal,
    Guide,
    Sender,
    add_documents,
    create_page,
    run_portal,
)
from demo.starting_data import TRASH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from demo import PortalWebhook
    from tests.reviews.samples import Clock

POLICY = 3358285
HOSTILE = '<script>alert("1")</script>.docx'


class DemoPageVisitor:
    """A person with a browser at the page."""

    def __init__(self, address: str, portal: DemoPortal) -> None:
        self.address, self.portal = address, portal

    def see(self, **place: str | int) -> str:
        return requests.get(f"{self.address}/", params=place, timeout=60).text

    def do(self, action: str, **form: str | int) -> requests.Response:
        usual: dict[str, Any] = {"as": BOB.user_name, "folder": COMPLIANCE, "file": POLICY}
        return self.send("/do", **{**usual, "action": action, **form})

    def send(self, path: str, *, site: str = "same-origin", **form: str | int) -> requests.Response:
        headers = {"Sec-Fetch-Site": site}
        return requests.post(f"{self.address}{path}", data=form, headers=headers, timeout=60)

    def emitted(self) -> list[tuple[str, str]]:
        return [(each.trigger, each.created_by) for each in self.portal.emitted]


@pytest.fixture
def portal(clock: Clock) -> DemoPortal:
    portal = DemoPortal(clock)
    add_documents(portal)
    return portal


@pytest.fixture
def visitor(portal: DemoPortal, sender: Sender) -> Iterator[DemoPageVisitor]:
    guide = Guide(
        roles={OLGA.id: "owns the folder"},
        inbox=lambda who: f"http://127.0.0.1:9/inbox/{who.user_name}",
        watched_folder_id=COMPLIANCE,
        check_ledger=lambda: (True, "The record is intact."),
    )
    with run_portal(portal, sender, page=create_page(portal, sender, guide)) as address:
        yield DemoPageVisitor(address, portal)


def test_it_shows_the_folders_the_files_and_who_there_is(visitor: DemoPageVisitor) -> None:
    page = visitor.see()

    for shown in (
        "Legal &amp; Compliance",
        "Incidents",
        "AML Policy 2026.docx",
        "version 3",
        "owns the folder",
    ):
        assert shown in page
    assert all(who.display_name in page for who in (ALICE, BOB, OLGA))
    assert "Lunch menu.docx" not in page
    assert "Not watched" in visitor.see(folder=OTHER)


@pytest.mark.parametrize(
    ("action", "form", "triggers"),
    [
        ("edit", {}, ["file.updated"]),
        ("rename", {"title": "Sanctions"}, ["file.updated"]),
        ("lock", {}, ["file.updated"]),
        ("move", {"to": OTHER}, ["file.moved"]),
        ("trash", {}, ["file.trashed"]),
        ("create", {"title": "Sanctions"}, ["file.created"]),
    ],
)
def test_each_button_does_what_it_says_as_the_person_who_was_chosen(
    visitor: DemoPageVisitor, action: str, form: dict[str, str | int], triggers: list[str]
) -> None:
    done = visitor.do(action, **{"as": ALICE.user_name, **form})

    assert done.history[0].status_code == 303
    assert visitor.emitted() == [(trigger, ALICE.id) for trigger in triggers]
    assert f'href="/?as={ALICE.user_name}&amp;folder={COMPLIANCE}" aria-current="true"' in done.text


def test_a_new_name_keeps_the_kind_of_the_file(visitor: DemoPageVisitor) -> None:
    visitor.do("rename", title="Sanctions")
    visitor.do("create", title="  Minutes  ")

    assert visitor.portal.file(POLICY).title == "Sanctions.docx"
    assert "Minutes.docx" in visitor.see()


def test_what_was_trashed_can_be_restored_and_deleted(visitor: DemoPageVisitor) -> None:
    visitor.do("trash")
    trash = visitor.see(folder=TRASH)
    visitor.do("restore", folder=TRASH)
    back = visitor.see()
    visitor.do("trash")
    visitor.do("delete", folder=TRASH)

    assert "AML Policy 2026.docx" in trash
    assert "AML Policy 2026.docx" in back
    assert visitor.emitted()[-1][0] == "file.deleted"


def test_what_someone_else_has_locked_is_left_alone(visitor: DemoPageVisitor) -> None:
    visitor.do("lock", **{"as": ALICE.user_name})

    refused = visitor.do("edit")
    own = visitor.do("edit", **{"as": ALICE.user_name})

    assert (refused.status_code, own.status_code) == (403, 200)
    assert "AML Policy 2026.docx is locked by Alice Moreau." in refused.text
    assert "locked by Alice Moreau" in own.text


@pytest.mark.parametrize(
    ("action", "form", "status"),
    [
        ("rename", {"title": "  "}, 400),
        ("frobnicate", {}, 400),
        ("edit", {"file": 1}, 404),
        ("edit", {"file": "x"}, 404),
        ("move", {"to": "nowhere"}, 404),
        ("restore", {}, 400),
    ],
)
def test_what_can_not_be_done_is_said_and_nothing_happens(
    visitor: DemoPageVisitor, action: str, form: dict[str, str | int], status: int
) -> None:
    refused = visitor.do(action, **form)

    assert refused.status_code == status
    assert 'role="alert"' in refused.text
    assert visitor.emitted() == []


def test_another_site_can_not_have_anything_done_here(visitor: DemoPageVisitor) -> None:
    refused = visitor.send("/do", site="cross-site", action="edit", file=POLICY)

    assert refused.status_code == 403
    assert visitor.emitted() == []


def test_deliveries_are_shown_with_what_was_signed_and_answered(
    visitor: DemoPageVisitor, webhook: PortalWebhook
) -> None:
    page = html.unescape(visitor.do("edit").text)

    assert webhook.last_success_on is not None
    assert re.search(r'class="status taken">200<', page)
    assert '"trigger": "file.updated"' in page
    assert re.search("sha256=[0-9A-F]{64}", page)


def test_titles_are_text(visitor: DemoPageVisitor, webhook: PortalWebhook) -> None:
    page = visitor.do("rename", title=HOSTILE).text

    assert webhook.id
    assert "<script" not in page
    assert html.escape(HOSTILE) in page.replace("&#34;", "&quot;")


def test_the_record_is_checked_at_the_press_of_a_button(visitor: DemoPageVisitor) -> None:
    assert "The record is intact." in visitor.send("/check", **{"as": BOB.user_name}).text


def test_each_person_s_inbox_is_one_click_away(visitor: DemoPageVisitor) -> None:
    sent = requests.get(f"{visitor.address}/inbox/olga.owner", timeout=60, allow_redirects=False)

    assert sent.headers["Location"] == "http://127.0.0.1:9/inbox/olga.owner"
    assert requests.get(f"{visitor.address}/inbox/nobody", timeout=60).status_code == 404

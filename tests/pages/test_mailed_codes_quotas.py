"""What the pages say where codes were asked for or tried too often, and who counts as whom."""

from __future__ import annotations

from dataclasses import replace
from threading import Event
from typing import TYPE_CHECKING, Any

import pytest

from pages.code_requester import find_network
from pages.recognized_browsers import COOKIE
from reviews.ports.quotas import DEFAULT_CODE_QUOTAS, MAX_QUOTA_PERIOD, Quota
from runtime.web.background_jobs import BackgroundJobs
from tests.edge.smtp_server import SILENCE, MailServer
from tests.journeys.processes import eventually
from tests.pages.inboxes import open_inbox
from tests.pages.mailed_codes import STRANGER, ask_for_code, codes_of, make_code_visitor, read_code, use_code
from tests.pages.reading import HistoryReader
from tests.pages.visitor import ADDRESS, without_tokens
from tests.reviews.code_requests import Waiting
from tests.reviews.samples import DEPUTY, OWNER, event

if TYPE_CHECKING:
    from tests.reviews.desk import Desk

TWICE = Quota(2, MAX_QUOTA_PERIOD)
FEW = replace(DEFAULT_CODE_QUOTAS, requests_per_browser=TWICE, guesses_per_browser=TWICE)


def test_a_browser_that_asks_too_often_is_told_how_long_to_wait_whatever_the_address(
    desk: Desk, server: MailServer
) -> None:
    dana, pages = make_code_visitor(desk, server, limits=FEW), []
    path = dana.open()
    for address in (OWNER, STRANGER):
        who = dana.other()
        for _ in range(TWICE.max_uses):
            ask_for_code(who, path, address)
        refused = ask_for_code(who, path, address)
        text = without_tokens(refused.text).replace(STRANGER, OWNER)
        pages.append((refused.status_code, refused.headers["Retry-After"], text))

    assert pages[0] == pages[1]
    assert pages[0][:2] == (429, "3600")
    assert "Too many codes were requested from this browser or network" in pages[0][2]
    assert "in 60 minutes" in pages[0][2]
    assert server.recipients == [OWNER]


def test_a_browser_that_guesses_too_often_is_told_how_long_to_wait(desk: Desk, server: MailServer) -> None:
    dana = make_code_visitor(desk, server, limits=FEW)
    path = dana.open()
    ask_for_code(dana, path)

    tries = [use_code(dana, path, "00000000") for _ in range(TWICE.max_uses + 1)]
    right = use_code(dana, path, read_code(server))

    assert [page.status_code for page in (*tries, right)] == [422, 422, 429, 429]
    assert (tries[-1].headers["Retry-After"], "Too many codes were tried" in tries[-1].text) == ("3600", True)


def sign_in_pages(desk: Desk, server: MailServer, **more: Any) -> dict[str, Any]:
    codes = codes_of(desk, server, **more)
    visitor = open_inbox(desk, codes=codes, demo=False).visitor(None)
    return {"/reviews": HistoryReader(desk, codes=codes), "/inbox": visitor}


@pytest.mark.parametrize("page", ["/reviews", "/inbox"])
def test_the_pages_without_a_link_say_the_same(desk: Desk, server: MailServer, page: str) -> None:
    desk.open(event())
    who = sign_in_pages(desk, server, limits=FEW)[page]
    who.get(page)

    asked = [who.post(f"{page}/code", address=STRANGER) for _ in range(TWICE.max_uses + 1)][-1]
    who.get(page)
    tried = [who.post(f"{page}/proof", code="00000000") for _ in range(TWICE.max_uses + 1)][-1]

    assert [(each.status_code, each.headers["Retry-After"]) for each in (asked, tried)] == [(429, "3600")] * 2
    assert "Too many codes were requested" in asked.text
    assert "Too many codes were tried" in tried.text


def test_the_mail_is_sent_after_the_answer(desk: Desk, server: MailServer) -> None:
    ending = Event()
    dana = make_code_visitor(desk, server, run_later=BackgroundJobs(ending))
    path = dana.open()
    server.answers["DATA"] = SILENCE

    asked = ask_for_code(dana, path)
    mailed_by_then = list(server.mails)
    server.answers.clear()
    eventually(lambda: server.mails)

    assert (asked.status_code, mailed_by_then) == (303, [])
    assert use_code(dana, path, read_code(server)).status_code == 303


def test_where_too_many_wait_the_page_says_so_whatever_the_address(desk: Desk, server: MailServer) -> None:
    dana = make_code_visitor(desk, server, run_later=lambda _line, _job: False)
    path = dana.open()

    refused = [ask_for_code(dana.other(), path, address) for address in (OWNER, DEPUTY, STRANGER)]

    assert {(page.status_code, page.headers["Retry-After"]) for page in refused} == {(503, "60")}
    assert all("Too many codes are being mailed right now" in page.text for page in refused)


def test_the_mail_is_in_the_language_of_who_asked(desk: Desk, server: MailServer) -> None:
    waiting = Waiting()
    dana = make_code_visitor(desk, server, run_later=waiting)
    path = dana.open()
    dana.client.environ_base["HTTP_ACCEPT_LANGUAGE"] = "de"

    ask_for_code(dana, path)
    waiting.do_all()

    assert "ist Ihr Code" in " ".join(server.mails[-1].get_content().split())


@pytest.fixture
def flooded(desk: Desk, server: MailServer) -> HistoryReader:
    """Return an owner at the history page who has proven her address, where no more codes go to it."""
    desk.open(event())
    reader = HistoryReader(
        desk,
        codes=codes_of(
            desk, server, limits=replace(DEFAULT_CODE_QUOTAS, mails_per_address=Quota(1, MAX_QUOTA_PERIOD))
        ),
    )
    owner = reader.other()
    owner.get("/reviews")
    owner.post("/reviews/code", address=OWNER)
    owner.get("/reviews")
    assert owner.post("/reviews/proof", code=read_code(server)).status_code == 303
    owner.get("/reviews")
    owner.post("/reviews/sign-out")
    desk.clock.advance(seconds=DEFAULT_CODE_QUOTAS.mail_interval.period.total_seconds())
    return owner


def mailed(server: MailServer, who: HistoryReader, address: str = OWNER) -> int:
    """Return how many mails come of asking for a code."""
    before = len(server.mails)
    who.get("/reviews")
    who.post("/reviews/code", address=address)
    return len(server.mails) - before


def test_an_owner_is_not_locked_out_of_the_browser_that_she_used_before(
    flooded: HistoryReader, server: MailServer
) -> None:
    assert (mailed(server, flooded.other()), mailed(server, flooded)) == (0, 1)


def test_a_browser_counts_as_hers_for_her_own_address_alone(
    flooded: HistoryReader, server: MailServer
) -> None:
    before = mailed(server, flooded.other(), DEPUTY)
    flooded.desk.clock.advance(seconds=DEFAULT_CODE_QUOTAS.mail_interval.period.total_seconds())

    assert (before, mailed(server, flooded, DEPUTY)) == (1, 0)


@pytest.mark.parametrize("forged", ["", "x", "WyJhIl0.aaaa.bbbb", "cut"])
def test_a_mark_that_is_not_ours_makes_no_browser_familiar(
    flooded: HistoryReader, server: MailServer, forged: str
) -> None:
    domain = ADDRESS.removeprefix("https://")
    mark = flooded.client.get_cookie(COOKIE, domain)
    assert mark
    value = mark.value[:-2] if forged == "cut" else forged
    flooded.client.set_cookie(COOKIE, value, domain=domain, secure=True)

    assert mailed(server, flooded) == 0


def test_the_mark_is_kept_from_scripts_and_from_other_sites_and_names_no_one(flooded: HistoryReader) -> None:
    mark = flooded.client.get_cookie(COOKIE, ADDRESS.removeprefix("https://"))

    assert mark
    assert (mark.secure, mark.http_only, mark.same_site) == (True, True, "Lax")
    assert "owner" not in mark.decoded_value


@pytest.mark.parametrize(
    ("sender", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", "unknown"),
        ("192.0.2.7, 198.51.100.1", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_one_subscriber_is_one_network(sender: str, network: str) -> None:
    assert find_network(sender) == network

"""Apprise: text that any service takes, on a real web server; why one refused, without its address."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from notifiers import UnusableSetting, apprise
from reviews.cards.card_drawing import draw_card
from reviews.errors import OutcomeUnknown, Permanent, RemoteError, TryLater
from reviews.identity import Person
from reviews.kinds import Decision
from reviews.tree import FolderContents
from tests.edge.http_sink import UNREACHABLE, HttpSink
from tests.edge.loopback import Loopback, Reply, Request, json_reply
from tests.notifiers.surroundings import make_channel_context
from tests.reviews.samples import START, answered_review, notice, review

if TYPE_CHECKING:
    from collections.abc import Iterator

    from notifiers.apprise import Apprise
    from reviews.cards.card import Card

KEY = "s3cr3tk3y"
LINK = "http://127.0.0.1/ack/a_signed-link.of_ours"
HOSTILE = "@channel <!here> [Acknowledge](https://evil.example) a_b_c.docx"


@pytest.fixture
def sink() -> Iterator[HttpSink]:
    with HttpSink() as sink:
        yield sink


def channel(address: str) -> Apprise:
    return apprise.build(make_channel_context(APPRISE_OPS=address, addresses=["ops"], link=LINK))


def json_to(sink: HttpSink, *, more: str = "") -> Apprise:
    return channel(f"json://user:{KEY}@{sink.place}/hook{more}")


def posted(sink: HttpSink, card: Card) -> dict[str, Any]:
    """Post a card and return the payload that the service got."""
    assert json_to(sink).post("ops", card) == card.stage
    [sent] = sink.sent
    payload: dict[str, Any] = json.loads(sent.body)
    return payload


def failure(address: str, card: Card | None = None) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        channel(address).post("ops", card or draw_card(review()))
    assert KEY not in str(caught.value)
    return caught.value


def test_an_open_card_says_all_facts_and_where_to_answer(sink: HttpSink) -> None:
    payload = posted(sink, draw_card(review(due_at=START)))

    assert payload["title"] == "AML Policy 2026.docx needs your review"
    assert payload["message"].splitlines() == [
        f"Acknowledge review or request changes: {LINK}",
        "Open document: https://acme.example.com/doceditor?fileid=3358285&version=8",
        "",
        "File: AML Policy 2026.docx",
        "Folder: Legal / Compliance",
        "Change: changed by Alice Moreau",
        "When: 09 Mar 2026, 14:05 UTC",
        "Version: 7 → 8",
        "Owner: owner@example.com",
        "Due: 09 Mar 2026, 14:05 UTC",
        "Status: Waiting for review",
    ]


def test_an_answer_is_a_short_message_without_a_link_to_answer(sink: HttpSink) -> None:
    payload = posted(sink, draw_card(answered_review(Decision.REQUEST_CHANGES, note="Section 4\nis old")))

    assert (payload["title"], payload["type"]) == ("AML Policy 2026.docx needs changes", "warning")
    assert payload["message"].splitlines() == [
        "File: AML Policy 2026.docx",
        "Version: 7 → 8",
        "Status: Changes requested by Dana Ozola after 12 min.",
        "Note: Section 4 is old",
        "Open document: https://acme.example.com/doceditor?fileid=3358285&version=8",
    ]


def test_a_folder_lists_its_files(sink: HttpSink) -> None:
    payload = posted(sink, draw_card(review(contents=FolderContents(count=2, titles=("A.docx", "B.docx")))))

    assert "Files: 2 files: A.docx, B.docx" in payload["message"]


def test_a_chat_that_reads_marks_is_told_text_that_pings_no_one_and_hides_no_link(sink: HttpSink) -> None:
    card = draw_card(review(title=HOSTILE, path=HOSTILE, contributors=(Person(id="x", name=HOSTILE),)))

    channel(f"mmost://{sink.place}/{KEY}").post("ops", card)

    [sent] = sink.sent
    text = json.loads(sent.body)["text"]
    assert text.startswith(
        "@\u200bchannel <\u200b!here> [Acknowledge]\u200b(https://evil.example) a_b_c.docx needs"
    )
    assert f"request changes: {LINK}\n" in text
    assert not any(acts in text for acts in ("@channel", "<!here", "](http"))
    assert "icon_url" not in json.loads(sent.body)


def test_where_only_markdown_is_read_names_are_literal_and_the_links_still_lead_somewhere(
    sink: HttpSink,
) -> None:
    card = draw_card(review(title=HOSTILE))

    channel(f"rocket://webhook/{KEY}@{sink.place}/#general").post("ops", card)

    text = json.loads(sink.sent[0].body)["text"]
    assert f"request changes: {LINK}\n" in text
    assert "Open document: https://acme.example.com/doceditor?fileid=3358285&version=8\n" in text
    assert r"\[Acknowledge\]" in text
    assert r"a\_b\_c\.docx" in text


def test_what_is_too_long_for_a_service_loses_its_end_and_not_the_link(sink: HttpSink) -> None:
    card = draw_card(review(title="long " * 100, path="deep / " * 200))

    channel(f"rocket://webhook/{KEY}@{sink.place}/#general").post("ops", card)

    text = json.loads(sink.sent[0].body)["text"]
    assert LINK in text
    assert "Owner" not in text


@pytest.mark.parametrize("way", ["", "?format=html", "?format=markdown"])
@pytest.mark.parametrize("noticed", [False, True])
def test_matrix_shows_the_title_as_the_first_line_and_no_marks(*, way: str, noticed: bool) -> None:
    events: list[dict[str, Any]] = []
    with Loopback(partial(matrix, events)) as server:
        matrix_of_ops = channel(
            f"matrix://bot:{KEY}@{server.root.removeprefix('http://')}/!abc:example.com{way}"
        )
        if noticed:
            matrix_of_ops.post_notice("ops", notice(title="a_b.docx"))
        else:
            matrix_of_ops.post("ops", draw_card(review(title="a_b.docx")))
        del matrix_of_ops  # it signs out when it is collected

    [event] = events
    first, *rest = event["body"].split("\n")
    assert "a_b.docx" in first
    assert not first.startswith("#")
    assert "\r" not in event["body"]
    assert noticed or (rest[0], rest[1].startswith("Acknowledge review or request changes: ")) == ("", True)


def matrix(events: list[dict[str, Any]], request: Request) -> Reply:
    """Answer as a Matrix server does that signs the bot in and has it in the room (client-server API, v3)."""
    if request.path.endswith("/login"):
        return json_reply({"access_token": "t", "user_id": "@bot:example.com", "device_id": "D"})
    if "/join/" in request.path:
        return json_reply({"room_id": "!abc:example.com"})
    if "/send/m.room.message/" in request.path:
        events.append(json.loads(request.body))
        return json_reply({"event_id": "$1"})
    return json_reply({})


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("Owner: first.last+x@company.com, b_c@example.org", None),
        ("<owner@company.com>", "<\u200bowner@company.com>"),
        ("x@channel.com and a@b", "x@\u200bchannel.com and a@\u200bb"),
        ("@owner@company.com", "@\u200bowner@\u200bcompany.com"),
        ("x@everyone-else.com", "x@\u200beveryone-else.com"),
    ],
)
def test_an_address_can_be_copied_and_calls_no_service(sink: HttpSink, text: str, target: str | None) -> None:
    payload = posted(sink, draw_card(review(path=text)))

    assert f"Folder: {target or text}" in payload["message"].splitlines()


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (429, TryLater, "the service of APPRISE_OPS asks to slow down"),
        (503, TryLater, "the service of APPRISE_OPS is not available (503)"),
        (500, OutcomeUnknown, "the service of APPRISE_OPS had an error of its own (500)"),
        (401, Permanent, "refuses its key (401): make a new one and put it into APPRISE_OPS"),
        (404, Permanent, "knows no such place (404): check the address in APPRISE_OPS"),
        (400, Permanent, "refuses the message (400): check the address in APPRISE_OPS"),
    ],
)
def test_a_refusal_is_told_by_its_status_alone(
    sink: HttpSink, status: int, kind: type[RemoteError], words: str
) -> None:
    sink.status = status

    error = failure(f"json://user:{KEY}@{sink.place}/{KEY}")

    assert (type(error), words in str(error)) == (kind, True)
    assert len(sink.sent) == 1


def test_a_redirect_is_a_refusal_and_is_not_followed(sink: HttpSink) -> None:
    with HttpSink() as elsewhere:
        sink.status, sink.headers = 302, {"Location": f"http://{elsewhere.place}/{KEY}"}

        error = failure(f"json://{sink.place}/{KEY}")

        assert (type(error), elsewhere.sent) == (Permanent, [])


def test_a_service_that_is_not_there_is_tried_later() -> None:
    error = failure(f"json://user:{KEY}@{UNREACHABLE}/{KEY}")

    assert type(error) is TryLater
    assert str(error) == "the service of APPRISE_OPS can't be reached"


def test_a_dropped_connection_leaves_it_open_whether_the_message_stands(sink: HttpSink) -> None:
    sink.dropping = True

    assert type(failure(f"json://{sink.place}/{KEY}")) is OutcomeUnknown


def test_a_service_that_hangs_leaves_it_open_whether_the_message_stands(sink: HttpSink) -> None:
    sink.hanging = True

    assert type(failure(f"json://{sink.place}/{KEY}?rto=0.2")) is OutcomeUnknown


def test_what_the_message_or_the_answer_says_is_not_taken_for_the_reason(sink: HttpSink) -> None:
    sink.dropping = True
    card = draw_card(review(title="error=404 Socket Exception: (Caused by NewConnectionError(.docx"))

    assert type(failure(f"json://{sink.place}/{KEY}", card)) is OutcomeUnknown


def test_an_address_that_asks_for_tries_or_leniency_gets_neither(sink: HttpSink) -> None:
    sink.status = 500

    failure(f"json://{sink.place}/{KEY}?retry=3&wait=0&optional=yes")

    assert len(sink.sent) == 1


def test_the_library_passes_on_nothing_that_it_logs(
    sink: HttpSink, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    sink.status = 500

    failure(f"json://user:{KEY}@{sink.place}/{KEY}")
    with pytest.raises(UnusableSetting):
        channel(f"mmost://{sink.place}/{KEY}?mode={KEY}")

    assert KEY not in caplog.text + "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (f"nothing-of-that-name://{KEY}", "APPRISE_OPS: Apprise does not understand this address"),
        (f"https://{KEY}.example.com", "APPRISE_OPS: Apprise does not understand this address"),
        (f"mmost://host/{KEY}?channels=a,b", "APPRISE_OPS: names several places"),
    ],
)
def test_an_address_that_is_none_stops_the_start_and_is_not_repeated(address: str, words: str) -> None:
    with pytest.raises(UnusableSetting) as caught:
        channel(address)

    assert str(caught.value).startswith(words)
    assert KEY not in str(caught.value)


def test_cards_keep_the_distance_that_the_service_asks_for(sink: HttpSink) -> None:
    assert json_to(sink).post_interval.total_seconds() == 0
    assert channel(f"ntfy://{sink.place}/topic").post_interval.total_seconds() == 5.5


def test_a_card_of_a_target_that_no_route_names_any_more_is_given_up(sink: HttpSink) -> None:
    with pytest.raises(Permanent, match="no route names apprise:gone any more"):
        json_to(sink).post("gone", draw_card(review()))


@pytest.mark.parametrize("address", ["ops", "ops_2", "compliance"])
def test_a_name_of_a_setting_is_taken(address: str) -> None:
    assert apprise.why_not(address) is None


@pytest.mark.parametrize("address", ["", "Ops", "ops-alerts", "two words", "json://host", "ops\n"])
def test_what_can_be_no_setting_is_refused_with_an_example(address: str) -> None:
    assert "as in 'apprise:ops', whose address is in APPRISE_OPS" in (apprise.why_not(address) or "")

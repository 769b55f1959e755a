"""The payload: both generations, whatever is absent, and what makes two deliveries the same."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from demo import ALICE, COMPLIANCE, DemoPortal, Sender
from demo.transport import HttpAnswer, HttpRequest
from reviews.changes.classification import explain_ignored
from tests.demo.captures import CLASSIC, V1
from tests.reviews.samples import Clock
from webhook.payload import NotAnObject, parse, parse_time

if TYPE_CHECKING:
    from reviews.model import ChangeEvent

OLGA_GUID = "514c7ed5-3141-4448-af92-008bcb707042"


def body(**more: Any) -> dict[str, Any]:
    """A delivery of the classic generation; `more` replaces whole members of the envelope."""
    whole: dict[str, Any] = json.loads(CLASSIC)
    return whole | more


def parsed(envelope: Any) -> ChangeEvent:
    return parse(json.dumps(envelope).encode())


def test_the_vendors_classic_capture_reads_as_it_is() -> None:
    event = parse(CLASSIC)

    assert (event.trigger, event.file_id, event.parent_id) == ("file.created", "3358285", "6590430")
    assert (event.webhook_id, event.event_id, event.title) == ("2621", "138769", "321.xlsx")
    assert (event.actor.id, event.actor.name, event.actor.email) == (OLGA_GUID, "", None)
    assert event.occurred_at == event.modified_at == datetime(2026, 9, 17, 10, 22, 56, tzinfo=UTC)
    assert (event.version, event.link, event.unusable) == (None, None, None)


def test_the_vendors_next_capture_adds_version_address_and_name() -> None:
    event = parse(V1)

    assert (event.file_id, event.parent_id, event.version) == ("47", "18", 1)
    assert event.link == "http://192.168.50.248:8092/doceditor?fileid=47&version=1"
    assert (event.actor.name, event.actor.email) == ("Administrator", "admin@admin.admin")
    assert event.modified_at == datetime(2026, 9, 29, 11, 9, 13, tzinfo=UTC)


def test_the_last_modifiers_name_is_not_given_to_another_actor() -> None:
    envelope = json.loads(V1)
    envelope["event"]["createBy"] = OLGA_GUID

    assert parsed(envelope).actor.name == ""
    assert parsed(envelope).actor.email is None


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (3358285, "3358285"),
        ("drive-57-|0B9xComplianceFolder", "drive-57-|0B9xComplianceFolder"),
        ("sbox-3-L2RvYw==", "sbox-3-L2RvYw=="),
        (-5, "-5"),
        (True, ""),
        (1.5, ""),
        (None, ""),
        (["1"], ""),
        ("x" * 1001, ""),
        (10**1001, ""),
    ],
)
def test_an_id_is_a_number_or_a_text(value: Any, read: str) -> None:
    event = parsed(body(payload={"id": value, "parentId": value}))

    assert (event.file_id, event.parent_id) == (read, read)


def test_an_event_of_a_file_without_id_is_unusable() -> None:
    assert parsed(body(payload={})).unusable == "the payload names no file or folder"


@pytest.mark.parametrize("envelope", [{}, {"event": None}, {"event": [], "payload": 5, "webhook": "x"}])
def test_absent_members_are_defaults(envelope: dict[str, Any]) -> None:
    event = parsed(envelope)

    assert (event.trigger, event.file_id, event.title, event.webhook_id) == ("", "", "", "")
    assert (event.actor.id, event.version, event.occurred_at) == (None, None, None)
    assert explain_ignored(event)


@pytest.mark.parametrize(
    "text", [b"", b"nothing", b"[]", b'"x"', b"5", b"null", b"\xff\xfe", b"{", b'{"a":' + b"9" * 5000 + b"}"]
)
def test_what_is_no_object_is_said_to_be_none(text: bytes) -> None:
    with pytest.raises(NotAnObject):
        parse(text)


@pytest.mark.parametrize("text", [b"[" * 200_000, b'{"a":' * 200_000])
def test_deep_nesting_is_no_crash(text: bytes) -> None:
    with pytest.raises(NotAnObject):
        parse(text)


@pytest.mark.parametrize("version", [-1, 2**31, 10**400, 1.0, True, "7", None])
def test_a_version_that_no_database_takes_is_none(version: Any) -> None:
    assert parsed(body(payload={"id": 1, "version": version})).version is None


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("2026-09-17T10:22:56Z", datetime(2026, 9, 17, 10, 22, 56, tzinfo=UTC)),
        ("2026-09-17T10:22:56", datetime(2026, 9, 17, 10, 22, 56, tzinfo=UTC)),
        ("2026-09-17T12:22:56.0000000+02:00", datetime(2026, 9, 17, 10, 22, 56, tzinfo=UTC)),
        ("2026-09-17T10:22:56.1234567Z", datetime(2026, 9, 17, 10, 22, 56, 123456, tzinfo=UTC)),
        ("0001-01-01T00:00:00", None),
        ("9999-12-31T23:59:59Z", None),
        ("0001-01-01T00:00:00+02:00", None),
        ("9999-12-31T23:59:59-01:00", None),
        ("yesterday", None),
        ("", None),
        ("2026-13-01T00:00:00Z", None),
    ],
)
def test_times_are_read_in_all_their_forms(text: str, read: datetime | None) -> None:
    assert parse_time(text) == read


def test_what_no_database_takes_is_left_out_of_texts() -> None:
    event = parse(
        rb'{"event":{"trigger":"file.updated"},"payload":{"id":"a\u0000b","title":"x\ud83d\u0000y"}}'
    )

    assert (event.file_id, event.title) == ("ab", "xy")


@pytest.fixture
def attempts() -> list[ChangeEvent]:
    """One change as it arrives: a delivery, its automatic retry, a manual retry, and another change."""
    clock = Clock()
    portal = DemoPortal(clock)
    file = portal.add_file("Policy.docx", COMPLIANCE, by=ALICE.id)
    sender = Sender(portal, transport=_always_ok)
    sender.register("http://receiver.example/docspace/webhook", secret="Compl1ance!Review")
    portal.save(file.id, by=ALICE.id)
    [first] = sender.pending()
    manual = sender.retry(first.id)
    clock.advance(seconds=61)
    portal.save(file.id, by=ALICE.id)
    other = sender.pending()[-1]
    requests = [
        sender.request(first),
        sender.request(first, retry_number=2, wait_seconds=2),
        sender.request(manual),
        sender.request(other),
    ]
    return [parse(request.body) for request in requests]


def _always_ok(_request: HttpRequest) -> HttpAnswer:
    return HttpAnswer(200, "OK")


def test_an_automatic_retry_shares_both_keys(attempts: list[ChangeEvent]) -> None:
    first, retry, _, _ = attempts

    assert (retry.delivery_key, retry.semantic_key) == (first.delivery_key, first.semantic_key)


def test_a_manual_retry_shares_only_the_semantic_key(attempts: list[ChangeEvent]) -> None:
    first, _, manual, _ = attempts

    assert manual.semantic_key == first.semantic_key
    assert manual.delivery_key != first.delivery_key


def test_another_change_shares_no_key(attempts: list[ChangeEvent]) -> None:
    first, *_, other = attempts

    assert other.delivery_key != first.delivery_key
    assert other.semantic_key != first.semantic_key


def test_a_row_that_was_never_sent_has_the_keys_of_its_later_delivery() -> None:
    sent = body()
    waiting = body(event={name: value for name, value in sent["event"].items() if name != "id"})

    event = parse(json.dumps(waiting).encode(), row_id=str(sent["event"]["id"]))

    assert (event.delivery_key, event.semantic_key) == (parsed(sent).delivery_key, parsed(sent).semantic_key)


@pytest.mark.parametrize("row_id", ["1\0", "1\ud800"])
def test_the_id_of_a_row_can_be_stored(row_id: str) -> None:
    sent = body()
    waiting = body(event={name: value for name, value in sent["event"].items() if name != "id"})

    assert parse(json.dumps(waiting).encode(), row_id=row_id).event_id == "1"


def test_an_id_that_is_given_out_again_later_is_another_delivery() -> None:
    before = body()
    after = body(event=before["event"] | {"createOn": "2026-09-18T10:22:56Z"})

    assert parsed(after).event_id == parsed(before).event_id
    assert parsed(after).delivery_key != parsed(before).delivery_key


def test_keys_do_not_run_into_each_other() -> None:
    one = parsed(body(event={"id": 11}, webhook={"id": 1}))
    other = parsed(body(event={"id": 1}, webhook={"id": 11}))

    assert one.delivery_key != other.delivery_key


def test_bodies_without_ids_are_told_apart_by_their_bytes() -> None:
    one, other = parsed({"payload": {"title": "a"}}), parsed({"payload": {"title": "b"}})

    assert one.delivery_key != other.delivery_key
    assert one.semantic_key != other.semantic_key


def form(**members: Any) -> dict[str, Any]:
    """A delivery of a submitted form."""
    whole = body()
    entry = whole["payload"]
    event = whole["event"] | {"trigger": "form.submit", "triggerId": 1 << 28}
    return whole | {"event": event, "payload": {name: entry | each for name, each in members.items()}}


def test_a_submitted_form_is_about_the_copy_that_was_saved() -> None:
    event = parsed(form(originalForm={"id": 7, "parentId": 70}, submittedForm={"id": 8, "parentId": 80}))

    assert (event.trigger, event.file_id, event.parent_id) == ("form.submit", "8", "80")
    assert explain_ignored(event) is None


def test_a_form_submitted_without_a_copy_is_about_itself() -> None:
    older = body(event=body()["event"] | {"trigger": "form.submit"})

    assert parsed(form(originalForm={"id": 7}, submittedForm={"id": 7})).file_id == "7"
    assert parsed(form(originalForm={"id": 7})).file_id == "7"
    assert parsed(older).file_id == "3358285"


@pytest.mark.parametrize("trigger", ["form.submit", "form.filled.out", "agent.deleted"])
def test_a_form_or_agent_without_an_id_is_unusable(trigger: str) -> None:
    event = parsed(body(event=body()["event"] | {"trigger": trigger}, payload={"submittedForm": []}))

    assert event.unusable == "the payload names no file or folder"


def test_an_agent_is_a_folder_like_a_room() -> None:
    event = parsed(body(event=body()["event"] | {"trigger": "agent.deleted"}))

    assert (event.file_id, explain_ignored(event)) == ("folder:3358285", None)

"""Each answer of the API and each way of not answering becomes one of our errors, without the body."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
import requests
import responses

from docspace import errors
from docspace.answers import MAX_REASON_LENGTH
from docspace.client import AccountInfo, Client, FolderInfo
from docspace.http import Http
from docspace.limits import MAX_ANSWER_BYTES, MAX_PARALLEL_CALLS, ConcurrencyLimit

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BASE = "https://acme.onlyoffice.com/api/2.0"
STACK = {"error": {"message": "secret stack", "stack": "at ASC.Files..."}, "status": 1}


@pytest.fixture
def portal() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mocked:
        yield mocked


@pytest.fixture
def client() -> Client:
    return Client(Http("acme.onlyoffice.com", "sk-1"))


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, errors.BadRequest),
        (401, errors.KeyRefused),
        (402, errors.KeyRefused),
        (403, errors.Forbidden),
        (404, errors.NotFound),
        (415, errors.BadRequest),
        (429, errors.Throttled),
        (500, errors.Unavailable),
        (503, errors.Unavailable),
        (302, errors.Unavailable),
        (408, errors.Unavailable),
        (423, errors.Unavailable),
        (425, errors.Unavailable),
        (204, errors.Unavailable),
    ],
)
def test_each_status_has_its_error_and_no_body_gets_out(
    portal: responses.RequestsMock, client: Client, status: int, expected: type[Exception]
) -> None:
    portal.get(f"{BASE}/files/file/7", json=STACK, status=status)

    with pytest.raises(expected) as raised:
        client.get_file("7")

    assert "stack" not in str(raised.value)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (json.dumps(STACK), "secret stack"),
        (json.dumps({"error": {"message": "x" * 900}}), "x" * MAX_REASON_LENGTH),
        ('{"error": {"message": 7}}', ""),
        ('{"error": null}', ""),
        ("[]", ""),
        ("<html>", ""),
        ("", ""),
    ],
)
def test_a_request_that_is_not_taken_carries_the_portals_sentence_and_no_stack(
    portal: responses.RequestsMock, body: str, reason: str
) -> None:
    portal.post(f"{BASE}/settings/webhook", body=body, status=400)

    with pytest.raises(errors.BadRequest) as raised:
        Http("acme.onlyoffice.com", "sk-1").post("settings/webhook", name="x")

    assert raised.value.reason == reason
    assert json.loads(portal.calls[0].request.body or "") == {"name": "x"}


@pytest.mark.parametrize(
    "trouble",
    [
        requests.ConnectTimeout(),
        requests.ReadTimeout(),
        requests.ConnectionError("refused by 10.0.0.1"),
        requests.exceptions.ChunkedEncodingError(),
        requests.exceptions.SSLError("certificate"),
    ],
)
def test_no_answer_is_an_outage(
    portal: responses.RequestsMock, client: Client, trouble: requests.RequestException
) -> None:
    portal.get(f"{BASE}/files/file/7", body=trouble)

    with pytest.raises(errors.Unavailable, match=type(trouble).__name__):
        client.get_file("7")


@pytest.mark.parametrize("body", ["<html>", "", "[]", '{"status": 0}', "null", '"x"'])
def test_an_answer_that_is_not_the_api_is_an_outage(
    portal: responses.RequestsMock, client: Client, body: str
) -> None:
    portal.get(f"{BASE}/files/file/7", body=body)

    with pytest.raises(errors.Unavailable, match="check the host"):
        client.get_file("7")


@pytest.mark.parametrize("key", ["sk-1", "Bearer sk-1"])
@pytest.mark.parametrize("host", ["acme.onlyoffice.com", "https://acme.onlyoffice.com/"])
def test_the_key_goes_as_a_bearer_token_to_the_host(
    portal: responses.RequestsMock, host: str, key: str
) -> None:
    portal.get(f"{BASE}/people/x", json={"response": {}})

    Client(Http(host, key)).get_person("x")

    assert portal.calls[0].request.headers["Authorization"] == "Bearer sk-1"


def test_what_the_machine_keeps_for_the_host_does_not_replace_the_key(
    portal: responses.RequestsMock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".netrc").write_text("machine acme.onlyoffice.com login other password other\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    portal.get(f"{BASE}/people/x", json={"response": {}})

    Client(Http("acme.onlyoffice.com", "sk-1")).get_person("x")

    assert portal.calls[0].request.headers["Authorization"] == "Bearer sk-1"


def test_an_answer_without_end_is_an_outage(portal: responses.RequestsMock, client: Client) -> None:
    portal.get(f"{BASE}/files/file/7", body=b" " * (MAX_ANSWER_BYTES + 1))

    with pytest.raises(errors.Unavailable, match="too large"):
        client.get_file("7")


def test_a_list_of_versions_may_be_larger_than_another_answer(
    portal: responses.RequestsMock, client: Client
) -> None:
    row = {"version": 1, "created": "c" * 10_000}
    portal.get(f"{BASE}/files/file/7/edit/history", json={"response": [row] * 500})

    assert len(client.list_versions("7")) == 500


def test_texts_of_an_answer_have_a_length_and_an_id_is_whole_or_none(
    portal: responses.RequestsMock, client: Client
) -> None:
    long = "x" * 100_000
    record = {"id": long, "folderId": "f" * 1000, "title": long, "comment": long, "webUrl": long}
    portal.get(f"{BASE}/files/file/7", json={"response": record})
    portal.get(f"{BASE}/people/g", json={"response": {"id": "g", "displayName": long, "email": long}})

    file, person = client.get_file("7"), client.get_person("g")

    assert (file.id, file.folder_id) == ("", "f" * 1000)
    assert {len(each or "") for each in (file.title, file.comment, file.web_url)} == {4000}
    assert (len(person.name), person.email) == (4000, None)


def test_no_more_calls_are_under_way_at_once_than_this_process_may_have() -> None:
    share, most, running, guard = ConcurrencyLimit(), 0, 0, threading.Lock()
    share.divide_among(MAX_PARALLEL_CALLS // 2)
    both = threading.Barrier(2)

    def call(_number: int) -> None:
        nonlocal most, running
        with share.hold_slot(timeout=60):
            with guard:
                running += 1
                most = max(most, running)
            both.wait(60)
            with guard:
                running -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(call, range(20)))

    assert most == 2


def test_where_all_calls_are_under_way_the_next_one_waits_no_longer_than_for_an_answer(
    portal: responses.RequestsMock,
) -> None:
    share = ConcurrencyLimit(limit=1)
    client = Client(Http("acme.onlyoffice.com", "sk-1", concurrency_limit=share, timeout=0.05))
    portal.get(f"{BASE}/people/g", json={"response": {"id": "g", "displayName": "Gerda"}})

    with share.hold_slot(timeout=1), pytest.raises(errors.OwnLimitReached):
        client.get_person("g")

    assert client.get_person("g").name == "Gerda"


def test_ids_are_encoded_whole(portal: responses.RequestsMock, client: Client) -> None:
    portal.get(f"{BASE}/files/folder/drive-57-%7C0B9%2Fx%3Fy/path", json={"response": []})

    assert client.get_folder_path("drive-57-|0B9/x?y") == []


@pytest.mark.parametrize("answer", [{}, [], None, 5, {"id": None, "version": "7", "webUrl": "", "title": []}])
def test_absent_or_odd_members_are_defaults(
    portal: responses.RequestsMock, client: Client, answer: Any
) -> None:
    portal.get(f"{BASE}/files/file/7", json={"response": answer})
    portal.get(f"{BASE}/files/folder/8/path", json={"response": answer})
    portal.get(f"{BASE}/people/g", json={"response": answer})

    file = client.get_file("7")

    assert (file.id, file.title, file.version, file.web_url) == ("", "", None, None)
    assert client.get_folder_path("8") == []
    assert client.get_person("g") == AccountInfo(id="g", name="", email=None)


def test_folders_keep_their_order_and_odd_ones_are_empty(
    portal: responses.RequestsMock, client: Client
) -> None:
    rows = [{"id": 1, "title": "Rooms"}, "odd", {"id": "drive-1", "title": "Drive"}]
    portal.get(f"{BASE}/files/folder/8/path", json={"response": rows})

    assert client.get_folder_path("8") == [
        FolderInfo(id="1", title="Rooms"),
        FolderInfo(id="", title=""),
        FolderInfo(id="drive-1", title="Drive"),
    ]

"""What the receiver is held against does what `bench/README.md` says of it."""

from __future__ import annotations

import itertools
import json
import threading
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

from bench.load import drive, request
from bench.peers import node_red
from bench.peers.sample_handler import WATCHED_FOLDER, create_app
from demo import BOB, COMPLIANCE
from tests.edge.loopback import Loopback, Reply, Request, json_reply
from tests.reviews.webhook_sender import SECRET, stand_in

if TYPE_CHECKING:
    import pytest

    from demo.transport import HttpRequest

POST = request("/", b"{}", {})


def make_delivery() -> HttpRequest:
    sender = stand_in()
    sender.portal.create_file("AML Policy.docx", COMPLIANCE, by=BOB.id)
    return sender.request(sender.pending()[-1])


class Api:
    """The two questions that the sample asks."""

    def __init__(self) -> None:
        self.paths: list[str] = []

    def answer(self, request: Request) -> Reply:
        self.paths.append(request.path)
        if "/people/" in request.path:
            return json_reply({"response": {"displayName": "Bob"}})
        file = {"title": "AML Policy.docx", "folderId": WATCHED_FOLDER, "webUrl": "https://x.example"}
        return json_reply({"response": file})


def test_the_sample_asks_for_file_and_person_before_it_answers() -> None:
    delivery, api = make_delivery(), Api()
    body = json.loads(delivery.body)

    with Loopback(api.answer) as server:
        client = create_app(server.root, SECRET).test_client()
        answer = client.post("/docspace/webhook", data=delivery.body, headers=dict(delivery.headers))

    assert answer.status_code == HTTPStatus.OK
    assert api.paths == [
        f"/api/2.0/files/file/{body['payload']['id']}",
        f"/api/2.0/people/{body['event']['createBy']}",
    ]


def test_the_sample_refuses_a_delivery_with_another_byte_and_asks_nothing() -> None:
    delivery = make_delivery()

    answer = (
        create_app("http://127.0.0.1:9", SECRET)
        .test_client()
        .post("/docspace/webhook", data=delivery.body + b" ", headers=dict(delivery.headers))
    )

    assert answer.status_code == HTTPStatus.UNAUTHORIZED


def test_a_machine_without_node_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")

    assert node_red.install() == "node and npm are not on this machine"


class EverySecondRefused(BaseHTTPRequestHandler):
    """Keeps its connections, as the servers that are measured do."""

    protocol_version = "HTTP/1.1"
    numbers = itertools.count()

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        refused = next(self.numbers) % 2
        self.send_response(HTTPStatus.SERVICE_UNAVAILABLE if refused else HTTPStatus.ACCEPTED)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Say nothing."""


def test_the_load_generator_sends_each_request_once_and_counts_refusals() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), EverySecondRefused) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        address = ("127.0.0.1", server.server_port)
        paced = drive(address, [POST] * 40, rate=100_000, connections=3)
        fast = drive(address, [POST] * 40, connections=3)
        server.shutdown()

    assert next(EverySecondRefused.numbers) == 80
    assert (paced.refused, fast.refused) == (20, 20)

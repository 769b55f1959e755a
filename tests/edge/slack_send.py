"""Ways for the Slack side to reach our app: Flask's test client, real HTTP, or Socket Mode."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import parse_qsl

import requests
from flask.testing import FlaskClient

from tests.edge.slack_socket import SocketMode


@dataclass(frozen=True)
class AppAnswer:
    """What the app answered; `headers` have lower-case names."""

    status: int
    body: bytes
    headers: Mapping[str, str]

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def is_json(self) -> bool:
        return self.headers.get("content-type", "").startswith("application/json")

    def json(self) -> Any:
        return json.loads(self.body)


class Send(Protocol):
    def __call__(self, path: str, body: bytes, headers: Mapping[str, str]) -> AppAnswer: ...


def through_flask(client: FlaskClient) -> Send:
    def send(path: str, body: bytes, headers: Mapping[str, str]) -> AppAnswer:
        response = client.post(path, data=body, headers=dict(headers))
        names = {name.lower(): value for name, value in response.headers.items()}
        return AppAnswer(response.status_code, response.get_data(), names)

    return send


def over_http(base_url: str, *, timeout: float = 60) -> Send:
    def send(path: str, body: bytes, headers: Mapping[str, str]) -> AppAnswer:
        # A header may hold anything in Latin-1 on the wire; requests checks text, not bytes.
        raw = {name: value.encode("latin-1") for name, value in headers.items()}
        response = requests.post(base_url.rstrip("/") + path, data=body, headers=raw, timeout=timeout)
        names = {name.lower(): value for name, value in response.headers.items()}
        return AppAnswer(response.status_code, response.content, names)

    return send


def through_socket(sockets: SocketMode) -> Send:
    """Return a way through Socket Mode: the same request in an envelope, the answer in its acknowledgement.

    One that is never acknowledged has the status 504, for what the person sees.
    """

    def send(path: str, body: bytes, headers: Mapping[str, str]) -> AppAnswer:
        kind, payload = _unpack(body, headers["Content-Type"])
        del path  # there is but one connection for all
        sent = sockets.deliver(kind, payload, accepts_response=kind != "events_api")
        if sent is None:
            return AppAnswer(504, b"", {})
        content = (sent.acknowledgement or {}).get("payload")
        if content is None:
            return AppAnswer(200, b"", {})
        return AppAnswer(200, json.dumps(content).encode(), {"content-type": "application/json"})

    return send


def _unpack(body: bytes, content_type: str) -> tuple[str, Any]:
    """Return the type of an envelope, and what stands in it of a request as it is by HTTP."""
    if content_type == "application/json":
        return "events_api", json.loads(body)
    form = dict(parse_qsl(body.decode(), keep_blank_values=True))
    return ("interactive", json.loads(form["payload"])) if "payload" in form else ("slash_commands", form)

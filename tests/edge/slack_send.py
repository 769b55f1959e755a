"""Ways for the Slack side to reach our app: through Flask's test client, or over real HTTP."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import requests
from flask.testing import FlaskClient


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

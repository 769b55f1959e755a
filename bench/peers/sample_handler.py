"""The handler of DocSpace's own sample, which asks the API before it answers.

The sample is "Monitor changes in critical folders and notify the department owner" of api.onlyoffice.com, in
Python, as of August 2026. This one does what that does in the same order: it verifies the signature, asks for
the file, then for the person who changed it, prints the notification, and answers. Two things differ, both
for its good. It reads the fields that DocSpace sends; the sample reads others, and skips every delivery
without a call. And gunicorn's threads run it in place of Flask's own server.
"""

from __future__ import annotations

import hashlib
import hmac
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import requests
from flask import Flask, jsonify, request

if TYPE_CHECKING:
    from flask.typing import ResponseReturnValue

WATCHED_FOLDER = 539564
OWNER = "owner@company.com"


def create_app(api: str, secret: str) -> Flask:
    app = Flask(__name__)

    @app.post("/docspace/webhook")
    def receive() -> ResponseReturnValue:
        if not _is_signed(secret, request.get_data(), request.headers.get("x-docspace-signature-256", "")):
            return "Invalid signature", HTTPStatus.UNAUTHORIZED
        _notify(api, request.get_json(force=True))
        return jsonify({"status": "ok"})

    return app


def _is_signed(secret: str, body: bytes, header: str) -> bool:
    digest = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"sha256={digest}".encode(), header.lower().encode())


def _notify(api: str, body: Any) -> None:
    file = _ask(api, f"files/file/{body['payload']['id']}")
    if file is None or file["folderId"] != WATCHED_FOLDER:
        return
    person = _ask(api, f"people/{body['event']['createBy']}") or {"displayName": "Someone"}
    print(f"To: {OWNER}\nFile: {file['title']}\nLink: {file['webUrl']}\nBy: {person['displayName']}")


def _ask(api: str, path: str) -> dict[str, Any] | None:
    answer = requests.get(  # noqa: S113 - the sample has no timeout
        f"{api}/api/2.0/{path}", headers={"Authorization": "Bearer YOUR_API_KEY"}
    )
    content: dict[str, Any] | None = answer.json()["response"] if answer.ok else None
    return content

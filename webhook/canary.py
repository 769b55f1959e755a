"""The sender of canaries, sent as DocSpace sends a change: same form of body, signature and address."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

import requests

from reviews.ports.alarms import CANARY_TRIGGER
from webhook.address import PATH
from webhook.signature import HEADER, sign

if TYPE_CHECKING:
    from datetime import datetime

TIMEOUT_SECONDS = (5.0, 10.0)  # seconds to connect, and for the response; DocSpace allows no more either
_MEANINGS = {
    HTTPStatus.UNAUTHORIZED: "it rejects the signature: it has a different DOCSPACE_WEBHOOK_SECRET",
    HTTPStatus.NOT_FOUND: "docspace-review does not answer there: check PUBLIC_URL and the proxy",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "the proxy in front of it rejects the body: check the proxy",
    HTTPStatus.SERVICE_UNAVAILABLE: "it can't write to its database, or the proxy can't reach it",
    HTTPStatus.BAD_GATEWAY: "the proxy can't reach it: check that docspace-review runs",
}


class CanaryRejected(Exception):
    """A canary was not accepted; the message has the reason, in words that hold no secret."""


def build_body(canary_id: str, nonce: str, at: datetime) -> bytes:
    """Return a body of DocSpace's form (facts on DocSpace, 2.1); the nonce is in place of the folder."""
    event = {"id": canary_id, "trigger": CANARY_TRIGGER, "createOn": at.isoformat(), "createBy": ""}
    payload = {"id": canary_id, "parentId": nonce, "title": "A test"}
    return json.dumps({"event": event, "payload": payload, "webhook": {"id": CANARY_TRIGGER}}).encode()


def send(address: str, body: bytes, secret: str) -> None:
    """Post a body to the receiver at an outside address; raise `CanaryRejected` if it is not accepted."""
    headers = {HEADER: sign(body, secret), "Content-Type": "application/json"}
    url = f"{address}{PATH}"
    try:
        with requests.post(
            url,
            data=body,
            headers=headers,
            auth=_send_no_password,
            timeout=TIMEOUT_SECONDS,
            allow_redirects=False,
            stream=True,
        ) as response:
            status = response.status_code
    except requests.exceptions.SSLError:
        raise CanaryRejected(
            f"{url}: its certificate is not valid, so DocSpace sends nothing either"
        ) from None
    except requests.exceptions.ConnectionError:
        raise CanaryRejected(f"{url} can't be reached: check PUBLIC_URL, its name and the proxy") from None
    except requests.RequestException as error:
        raise CanaryRejected(f"{url} did not answer ({type(error).__name__})") from None
    if status in {HTTPStatus.OK, HTTPStatus.ACCEPTED}:
        return
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        raise CanaryRejected(f"{url} redirects, and DocSpace does not follow redirects: check PUBLIC_URL")
    meanings = {int(code): words for code, words in _MEANINGS.items()}
    raise CanaryRejected(f"{url} answered {status}: {meanings.get(status, 'it does not take the test')}")


def _send_no_password(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """Put no password on a request: a `.netrc` on the machine would, and DocSpace has none."""
    return request

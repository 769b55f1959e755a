"""What comes to `/slack/events`: clicks, forms, commands, shortcuts and events of Slack, bent."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, quote_from_bytes, urlencode

from hypothesis import strategies as st

from tests.edge.slack_person import FORM, JSON
from tests.edge.slack_signing import Spoil, signed
from tests.fuzz.sending import RawRequest
from tests.fuzz.values import anything, bend_payload, bent_texts, write_json

if TYPE_CHECKING:
    from tests.fuzz.installation import FuzzedApplication

PATH = "/slack/events"
SPOILT = (
    *(Spoil(secret=secret) for secret in ("another secret", " ", "\0")),
    *(Spoil(timestamp=text) for text in ("", "junk", "-1", "0", "9" * 12, "9" * 400, "1e9", "\u0661", " 1")),
    *(Spoil(age=age) for age in (301, 10**6, -400)),
    *(
        Spoil(signature=text)
        for text in ("", "v0=", "v0=" + "0" * 64, "v1=" + "0" * 64, "v0=\xff", "x" * 9000)
    ),
    Spoil(flip_byte=True),
    Spoil(without=("X-Slack-Signature",)),
    Spoil(without=("X-Slack-Request-Timestamp",)),
    Spoil(without=("X-Slack-Signature", "X-Slack-Request-Timestamp")),
)
KINDS = st.sampled_from(
    ["", "text/plain", "application/json", "multipart/form-data", FORM, JSON, f"{FORM}; charset=x"]
)

Body = tuple[str, bytes]


def bodies(at: FuzzedApplication) -> st.SearchStrategy[Body]:
    """Return type and bytes of what Slack sent before, with odd values in it, and of anything else."""
    sent = [_parse_body(kind, body) for kind, body in at.sent_by_slack]
    interactions = [json.loads(form["payload"]) for kind, form in sent if kind == FORM and "payload" in form]
    commands = [form for kind, form in sent if kind == FORM and "payload" not in form]
    events = [body for kind, body in sent if kind == JSON]
    return st.one_of(
        _one_of(interactions, bend_payload).flatmap(write_json).map(_as_payload),
        _one_of(commands, bent_texts).map(
            lambda form: (FORM, urlencode(form, errors="surrogatepass").encode())
        ),
        _one_of(events, bend_payload).flatmap(write_json).map(lambda body: (JSON, body)),
        st.tuples(KINDS, anything.flatmap(write_json)),
        anything.flatmap(write_json).map(_as_payload),
        st.tuples(KINDS, st.binary(max_size=200)),
    )


def proven(at: FuzzedApplication) -> st.SearchStrategy[RawRequest]:
    return bodies(at).map(lambda body: _request(at, body, Spoil(), proven=True))


def forged(at: FuzzedApplication) -> st.SearchStrategy[RawRequest]:
    return st.builds(lambda body, spoil: _request(at, body, spoil), bodies(at), st.sampled_from(SPOILT))


def _request(at: FuzzedApplication, typed_body: Body, spoil: Spoil, *, proven: bool = False) -> RawRequest:
    kind, body = typed_body
    whole, headers = signed(body or b" ", secret=at.slack_secret, now=time.time(), spoil=spoil)
    # A header that no server lets in would be refused before us.
    raw = {name: value.encode().decode("latin-1") for name, value in headers.items()}
    return RawRequest(
        method="POST", path=PATH, headers={"Content-Type": kind, **raw}, body=whole, proven=proven
    )


def _parse_body(kind: str, body: bytes) -> tuple[str, Any]:
    return (kind, json.loads(body)) if kind == JSON else (kind, dict(parse_qsl(body.decode())))


def _as_payload(written_so: bytes) -> Body:
    return FORM, b"payload=" + quote_from_bytes(written_so).encode()


def _one_of(wholes: list[Any], bend: Any) -> st.SearchStrategy[Any]:
    return st.one_of([bend(whole) for whole in wholes])

"""What comes to `/teams/messages` and `/teams/command`: bent activities, tokens that don't hold."""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from tests.edge.bot_issuer import key_number
from tests.edge.teams_signing import HONEST, Spoil, authorization
from tests.fuzz.sending import RawRequest
from tests.fuzz.values import anything, bend_payload, write_json

if TYPE_CHECKING:
    from tests.fuzz.installation import FuzzedApplication

MESSAGES, COMMAND = "/teams/messages", "/teams/command"
JSON = {"Content-Type": "application/json; charset=utf-8"}
ODD_CLAIMS: tuple[dict[str, Any], ...] = (
    {"aud": "another app"}, {"aud": ["x", "y"]}, {"aud": ""}, {"iss": "https://evil.example"}, {"iss": ""},
    {"exp": 1}, {"exp": "soon"}, {"nbf": 10**12}, {"nbf": "x"}, {"tid": 5, "exp": -1},
    {"serviceurl": "https://evil.example/"}, {"serviceurl": 5}, {"serviceurl": None}, {"serviceurl": ["x"]},
)  # fmt: skip
SPOILT = (
    *(Spoil(claims=claims) for claims in ODD_CLAIMS),
    *(Spoil(without=(name,)) for name in ("iss", "aud", "exp", "nbf", "serviceurl")),
    *(Spoil(kid=kid) for kid in ("", "none", "../../dev/null", "key-99", "\0", "x" * 5000)),
    Spoil(key=key_number(7)),
    Spoil(key="a shared secret of thirty-two characters", alg="HS256"),
    Spoil(key="", alg="none"),
    *(
        Spoil(header=text)
        for text in (
            "",
            "Bearer",
            "Bearer ",
            "Bearer x",
            "Bearer a.b.c",
            "Bearer ..",
            "Basic eDp4",
            "bearer \xff",
        )
    ),
    *(
        Spoil(header=f"Bearer {text}")
        for text in ("eyJhbGciOiJub25lIn0.e30.", "e30.e30.e30", "." * 500, "x" * 50_000)
    ),
)


def bodies(at: FuzzedApplication) -> st.SearchStrategy[bytes]:
    return st.one_of(
        *(bend_payload(activity).flatmap(write_json) for activity in at.sent_by_teams),
        anything.flatmap(write_json),
        st.binary(max_size=200),
    )


def proven(at: FuzzedApplication) -> st.SearchStrategy[RawRequest]:
    return bodies(at).map(lambda body: _to_bot(body, at.teams_token(), proven=True))


def forged(at: FuzzedApplication) -> st.SearchStrategy[RawRequest]:
    """Return activities under a token that does not hold, or that was changed after it was signed."""
    tokens = [authorization(at.teams.issuer, at.teams.service_url, spoil) for spoil in SPOILT]
    holding = authorization(at.teams.issuer, at.teams.service_url, HONEST)["Authorization"]
    changed = st.integers(len("Bearer "), len(holding) - 2).map(lambda place: _flipped(holding, place))
    headers = st.sampled_from(tokens) | changed
    return st.builds(_to_bot, bodies(at), headers)


def proven_commands(at: FuzzedApplication) -> st.SearchStrategy[RawRequest]:
    return bodies(at).map(lambda body: _command(body, at.command_key, proven=True))


def forged_commands(at: FuzzedApplication) -> st.SearchStrategy[RawRequest]:
    headers = st.sampled_from(
        ["", "HMAC", "HMAC ", "HMAC AAAA", "Bearer x", "HMAC \xff", "HMAC " + "A" * 43 + "="]
    )
    return st.one_of(
        bodies(at).map(lambda body: _command(body, b"another key of sixteen")),
        st.builds(
            lambda body, header: RawRequest(
                method="POST", path=COMMAND, headers={"Authorization": header}, body=body
            ),
            bodies(at),
            headers,
        ),
    )


def _to_bot(body: bytes, headers: dict[str, str], *, proven: bool = False) -> RawRequest:
    return RawRequest(method="POST", path=MESSAGES, headers={**JSON, **headers}, body=body, proven=proven)


def _command(body: bytes, key: bytes, *, proven: bool = False) -> RawRequest:
    digest = base64.b64encode(hmac.digest(key, body, hashlib.sha256)).decode()
    headers = {**JSON, "Authorization": f"HMAC {digest}"}
    return RawRequest(method="POST", path=COMMAND, headers=headers, body=body, proven=proven)


def _flipped(holding: str, place: int) -> dict[str, str]:
    """Change one character of a token, any but the last, which has bits that count for nothing."""
    other = "A" if holding[place] != "A" else "Z"
    return {"Authorization": holding[:place] + other + holding[place + 1 :]}

"""The bot's door: each request that is taken has a twin that is refused and changes nothing."""

from __future__ import annotations

import base64
import hmac
import json
import time
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives import serialization
from structlog.testing import capture_logs

from bot.teams.authorization import MAX_BODY_BYTES
from notifiers.teams_bot import ANY_CONVERSATION, NAME
from notifiers.teams_bot.actions import ACKNOWLEDGE
from reviews.kinds import ReviewState
from tests.bot.teams.teams_installation import CHANNEL, DANA
from tests.edge.bot_issuer import ISSUER, key_number
from tests.edge.teams_signing import HONEST, Spoil, authorization
from tests.edge.unreadable import NEVER_COMES

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.bot.teams.teams_installation import TeamsInstallation
    from tests.edge.fake_teams import FakeTeams

MICROSOFT, EVIL = "https://smba.trafficmanager.net/emea", "https://evil.example.com/"
LOOKALIKE = "https://smba.trafficmanager.net.example.com/"


def now(later: int = 0) -> int:
    """Return the time, or one so many seconds later."""
    return int(time.time()) + later


def service(address: str) -> Spoil:
    """Name this address in the token and in the activity alike."""
    return Spoil(claims={"serviceurl": address}, activity={"serviceUrl": address})


def part(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def signed_with_the_public_key(teams: FakeTeams) -> Spoil:
    """Sign with what everybody can know, as if it were a secret; PyJWT has to be gone around to do it."""
    public = teams.issuer.key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    claims = {"iss": ISSUER, "aud": teams.app_id, "nbf": now(), "exp": now(3600)}
    payload = {**claims, "serviceurl": teams.service_url}
    signed = f"{part({'alg': 'HS256', 'typ': 'JWT', 'kid': teams.issuer.kid})}.{part(payload)}"
    digest = base64.urlsafe_b64encode(hmac.digest(public, signed.encode(), "sha256")).rstrip(b"=").decode()
    return Spoil(header=f"Bearer {signed}.{digest}")


NO_TYPE = [b"{}", b'{"type": 5}', b'{"type": ["message"]}', b'{"type": ""}']
HEADER_OF_FIVE = part({"alg": "RS256", "kid": 5})
SPOILT: dict[str, Callable[[FakeTeams], Spoil]] = {
    "another issuer": lambda _: Spoil(claims={"iss": "https://api.example.com"}),
    "another audience": lambda _: Spoil(claims={"aud": "another-app"}),
    "our audience among others": lambda teams: Spoil(claims={"aud": [teams.app_id, "another-app"]}),
    "expired": lambda _: Spoil(claims={"exp": now(-301)}),
    "not yet valid": lambda _: Spoil(claims={"nbf": now(900)}),
    "an end that is no number": lambda _: Spoil(claims={"exp": "soon"}),
    "an end that never comes": lambda _: Spoil(claims={"exp": float("inf")}),
    "no issuer": lambda _: Spoil(without=("iss",)),
    "no audience": lambda _: Spoil(without=("aud",)),
    "no end": lambda _: Spoil(without=("exp",)),
    "no beginning": lambda _: Spoil(without=("nbf",)),
    "no service address": lambda _: Spoil(without=("serviceurl",)),
    "a service address that is no text": lambda _: Spoil(claims={"serviceurl": ["x"]}),
    "somebody else's key": lambda _: Spoil(key=key_number(99)),
    "an unknown key": lambda _: Spoil(kid="unknown"),
    "no algorithm": lambda _: Spoil(key="", alg="none"),
    "another algorithm of the same key": lambda _: Spoil(alg="RS512"),
    "a shared secret": lambda _: Spoil(key="k" * 64, alg="HS256"),
    "the public key as a secret": signed_with_the_public_key,
    "a foreign tenant": lambda _: Spoil(
        activity={"conversation": {"id": CHANNEL, "tenantId": "other"}, "channelData": {}}
    ),
    "no tenant": lambda _: Spoil(activity={"conversation": {"id": CHANNEL}, "channelData": {}}),
    "two tenants": lambda _: Spoil(activity={"channelData": {"tenant": {"id": "other"}}}),
    "another channel of the Bot Framework": lambda _: Spoil(activity={"channelId": "webchat"}),
    "no channel": lambda _: Spoil(activity={"channelId": None}),
    "another service address in the activity": lambda _: Spoil(activity={"serviceUrl": MICROSOFT}),
    "no service address in the activity": lambda _: Spoil(activity={"serviceUrl": None}),
    "a foreign host": lambda _: service(EVIL),
    "a host that begins like Microsoft's": lambda _: service(LOOKALIKE),
    "Microsoft's host without encryption": lambda _: service(MICROSOFT.replace("https", "http")),
    "no header": lambda _: Spoil(header=""),
    "another scheme": lambda teams: Spoil(header=f"Basic {teams.issuer.token()}"),
    "a header without a token": lambda _: Spoil(header="Bearer "),
    "garbage": lambda _: Spoil(header="Bearer a.b.c"),
    "half a token": lambda teams: Spoil(header=f"Bearer {teams.issuer.token()[:-20]}"),
    "a header beyond ASCII": lambda _: Spoil(header="Bearer é.é.é"),
    "a key's id that is no text": lambda _: Spoil(
        header=f"Bearer {part({'alg': 'RS256', 'kid': 5})}.e30.e30"
    ),
}


@pytest.mark.parametrize("name", SPOILT)
def test_a_request_is_taken_as_it_is_and_refused_when_it_is_spoilt(
    installation: TeamsInstallation, name: str
) -> None:
    card = installation.card()
    spoil = SPOILT[name](installation.teams)
    asked = len(installation.teams.calls("member"))

    with capture_logs() as logs:
        refused = [
            installation.side.click(DANA, card, ACKNOWLEDGE, spoil=spoil),
            installation.side.say(DANA, CHANNEL, "pending", spoil=spoil),
            installation.side.uninstall(DANA, CHANNEL, spoil=spoil),
        ]

    assert [answer.status for answer in refused] == [401] * 3
    assert {answer.text for answer in refused} == {"Unauthorized.\n"}
    assert "Bearer" not in str(logs)
    assert "eyJ" not in str(logs)
    assert installation.review().state is ReviewState.OPEN
    assert installation.find_conversation(NAME, CHANNEL) is not None
    assert len(installation.teams.calls("member")) == asked
    installation.side.install(DANA, CHANNEL)
    assert installation.side.click(DANA, card, ACKNOWLEDGE).status == 200
    assert installation.review().state is ReviewState.ACKNOWLEDGED


@pytest.mark.parametrize("moved", [{"exp": -200}, {"nbf": 200, "iat": 200}])
def test_clocks_may_differ_by_a_few_minutes(installation: TeamsInstallation, moved: dict[str, int]) -> None:
    card = installation.card()
    claims = {name: now(seconds) for name, seconds in moved.items()}

    assert installation.side.click(DANA, card, ACKNOWLEDGE, spoil=Spoil(claims=claims)).status == 200
    assert installation.review().state is ReviewState.ACKNOWLEDGED


def test_a_key_that_is_endorsed_for_other_channels_only_does_not_speak_for_teams(
    installation: TeamsInstallation,
) -> None:
    installation.teams.issuer.endorsements = ["webchat", "emulator"]

    assert installation.side.install(DANA, CHANNEL).status == 401
    assert installation.find_conversation(NAME, CHANNEL) is None


@pytest.mark.parametrize("channel", ["webchat", "directline", "MSTEAMS", "emulator"])
def test_another_channel_does_not_speak_for_teams_with_a_key_that_is_endorsed_for_both(
    installation: TeamsInstallation, channel: str
) -> None:
    installation.teams.issuer.endorsements = ["msteams", channel]

    assert (
        installation.side.install(DANA, CHANNEL, spoil=Spoil(activity={"channelId": channel})).status == 401
    )
    assert installation.find_conversation(NAME, CHANNEL) is None


def test_while_the_keys_can_not_be_had_nothing_is_taken_and_teams_may_try_again(
    installation: TeamsInstallation,
) -> None:
    installation.teams.issuer.down = True

    assert installation.side.install(DANA, CHANNEL).status == 503
    assert installation.find_conversation(NAME, CHANNEL) is None


@pytest.mark.parametrize("slash", ["", "/"])
def test_a_slash_at_the_end_of_the_service_address_makes_no_difference(
    installation: TeamsInstallation, slash: str
) -> None:
    address = installation.teams.service_url.rstrip("/")
    spoil = Spoil(claims={"serviceurl": f"{address}{slash}"}, activity={"serviceUrl": f"{address}/"})

    assert installation.side.install(DANA, CHANNEL, spoil=spoil).status == 200
    assert (installation.find_conversation(NAME, ANY_CONVERSATION) or {})["service_url"] == address


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b'"x"',
        b"5",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"a":' * 50_000,
        b"1" * 5000,
        b"{}",
        b'{"type": 5}',
        b'{"type": ["message"]}',
        b'{"type": ""}',
    ],
)
def test_what_is_no_activity_is_refused(installation: TeamsInstallation, body: bytes) -> None:
    headers = authorization(installation.teams.issuer, installation.teams.service_url, HONEST)

    assert installation.client.post("/teams/messages", data=body, headers=headers).status_code == 400


@pytest.mark.parametrize(("size", "status"), [(MAX_BODY_BYTES, 401), (MAX_BODY_BYTES + 1, 413)])
def test_a_body_larger_than_any_of_teams_is_not_read(
    installation: TeamsInstallation, size: int, status: int
) -> None:
    body = b'{"type": "message"}'.ljust(size)
    headers = {"Authorization": "Bearer e30.e30.e30"}

    assert installation.client.post("/teams/messages", data=body, headers=headers).status_code == status


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer e30.e30", "Basic e30.e30.e30", "Bearer a.b.c d"])
def test_without_a_token_of_its_form_no_body_is_read(installation: TeamsInstallation, header: str) -> None:
    headers = {"Authorization": header}

    answer = installation.client.post("/teams/messages", headers=headers, environ_overrides=NEVER_COMES)

    assert answer.status_code == 401

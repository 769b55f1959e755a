"""Verification that an activity is from the Bot Framework, for our bot and tenant (facts on Teams, 2.4).

Every check is needed: a valid token may come with another body, and a body with another service address would
have the bot's own token sent there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import jwt

from notifiers.shared.json_members import get_text

if TYPE_CHECKING:
    from bot.teams.activity import Activity
    from bot.teams.signing_keys import Keys, SigningKey
    from notifiers.teams_bot.hosts import ServiceHosts

ALGORITHM = "RS256"
TEAMS_CHANNEL = "msteams"
"""The Bot Framework's channel for Teams. In other channels, the sender may choose tenant and person."""
CLOCK_LEEWAY_SECONDS = 300.0  # seconds by which clocks may differ
_REQUIRED_CLAIMS = ["exp", "nbf", "iss", "aud"]


class Unverified(Exception):
    """A request that failed verification; the message is for the log and contains nothing of the token."""


@dataclass(frozen=True, kw_only=True)
class Verifier:
    """Verifier of requests for one bot in one tenant."""

    keys: Keys
    app_id: str
    tenant: str
    hosts: ServiceHosts

    def check(self, authorization: str, activity: Activity) -> None:
        """Check a request; raises `Unverified`, or `KeysUnavailable` if that can't be decided now."""
        token = _require_bearer_token(authorization)
        key = self._find_key(token)
        claims = self._decode_claims(token, key)
        if get_text(activity.payload, "channelId") != TEAMS_CHANNEL:
            raise Unverified("the activity is of another channel of the Bot Framework than Teams")
        if TEAMS_CHANNEL not in key.endorsements:
            raise Unverified("the key is not endorsed for Teams")
        self._check_service(claims, activity)
        if activity.tenants != {self.tenant.lower()}:
            raise Unverified("the activity is of another tenant, or of none")

    def _find_key(self, token: str) -> SigningKey:
        try:
            header = jwt.get_unverified_header(token)
        except jwt.PyJWTError as error:
            raise Unverified(f"the token can't be read ({type(error).__name__})") from None
        if header.get("alg") != ALGORITHM:
            raise Unverified("the token is signed in another way than RS256")
        key = self.keys.find(get_text(header, "kid"))
        if key is None:
            raise Unverified("the token is signed with a key that the issuer does not know")
        return key

    def _decode_claims(self, token: str, key: SigningKey) -> dict[str, Any]:
        try:
            return jwt.decode(
                token,
                key.key,
                algorithms=[ALGORITHM],
                audience=self.app_id,
                issuer=key.issuer,
                leeway=CLOCK_LEEWAY_SECONDS,
                options={"require": _REQUIRED_CLAIMS, "strict_aud": True, "enforce_minimum_key_length": True},
            )
        except jwt.PyJWTError as error:
            raise Unverified(f"the token does not hold ({type(error).__name__})") from None

    def _check_service(self, claims: dict[str, Any], activity: Activity) -> None:
        service_url = get_text(claims, "serviceurl").rstrip("/")
        if not service_url or service_url != activity.service_url:
            raise Unverified("the token is for another service address than the activity's")
        if not self.hosts.is_allowed(service_url):
            raise Unverified("the service address is none of Microsoft's, and no host of TEAMS_ALLOW_HOSTS")


def _require_bearer_token(authorization: str) -> str:
    scheme, _, token = authorization.strip().partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise Unverified("the request brings no bearer token")
    return token.strip()

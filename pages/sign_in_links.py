"""Addresses of sign-in links: signed, so that the stored part alone is useless."""

from __future__ import annotations

from datetime import UTC, datetime

from itsdangerous import BadSignature, URLSafeTimedSerializer

from pages.links import CLOCK_TOLERANCE
from reviews.people.sign_in_links import LINK_VALID_FOR, InvalidLink


class SignInAddresses:
    def __init__(self, secret_key: str, outside_address: str) -> None:
        self._serializer = URLSafeTimedSerializer(secret_key, salt="sign-in-link")
        self._address = outside_address

    def make_address(self, link_id: str) -> str:
        return f"{self._address}/reviews/sign-in/{self._serializer.dumps(link_id)}"

    def read_link_id(self, token: str) -> str:
        """Return the link's id; raise `InvalidLink` if it is not ours, was changed, or is certainly too old.

        The stored time decides its exact age, since clocks may differ.
        """
        try:
            link_id, signed_at = self._serializer.loads(token, return_timestamp=True)
        except (BadSignature, ValueError, TypeError) as error:
            raise InvalidLink from error
        age = datetime.now(UTC) - signed_at
        if not isinstance(link_id, str) or not -CLOCK_TOLERANCE <= age <= LINK_VALID_FOR + CLOCK_TOLERANCE:
            raise InvalidLink
        return link_id

"""Addresses of sign-in links: signed, so that a row of the database alone is useless."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from itsdangerous import BadSignature, URLSafeTimedSerializer

from pages.links import CLOCK_TOLERANCE
from reviews.people.sign_in_links import LINK_VALID_FOR, InvalidLink
from reviews.people.stored_proofs import LinkReference, make_link_reference

if TYPE_CHECKING:
    from reviews.ports.people import SignInLink


class SignInAddresses:
    def __init__(self, secret_key: str, outside_address: str) -> None:
        self._serializer = URLSafeTimedSerializer(secret_key, salt="sign-in-link")
        self._address = outside_address

    def make_address(self, link: SignInLink) -> str:
        reference = make_link_reference(link)
        token = self._serializer.dumps([reference.id, reference.digest])
        return f"{self._address}/reviews/sign-in/{token}"

    def read_reference(self, token: str) -> LinkReference:
        """Return the row that a link refers to, and a digest of what it must say.

        Raises `InvalidLink` if the link is not ours, was changed, or is certainly too old. The stored time
        decides its exact age, since clocks may differ.
        """
        try:
            payload, signed_at = self._serializer.loads(token, return_timestamp=True)
        except (BadSignature, ValueError, TypeError) as error:
            raise InvalidLink from error
        age = datetime.now(UTC) - signed_at
        if not -CLOCK_TOLERANCE <= age <= LINK_VALID_FOR + CLOCK_TOLERANCE:
            raise InvalidLink
        match payload:
            case [str(link_id), str(digest)]:
                return LinkReference(id=link_id, digest=digest)
        raise InvalidLink

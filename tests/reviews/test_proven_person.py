"""A person with everything that is proven about them, as it is stored between requests."""

from __future__ import annotations

import json

from reviews.identity import Identity, ProvenPerson


def test_a_stored_person_has_the_members_that_each_release_reads() -> None:
    person = ProvenPerson(
        name="Anna",
        identity=Identity.SLACK,
        addresses=("anna@example.com",),
        chat_ids={"slack": "U1"},
        docspace_ids={"anna@example.com": "9f1e"},
        proof={"team": "T1"},
        proven_by={"U1": "slack"},
        locale="de-DE",
    )

    stored = person.to_stored()

    assert stored == {
        "name": "Anna",
        "identity": "slack",
        "addresses": ["anna@example.com"],
        "slack_user": "U1",
        "teams_user": None,
        "docspace_ids": {"anna@example.com": "9f1e"},
        "proof": {"team": "T1"},
        "proven_by": {"U1": "slack"},
        "standing": "member",
        "locale": "de-DE",
    }
    assert ProvenPerson.from_stored(json.loads(json.dumps(stored))) == person

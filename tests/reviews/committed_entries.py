"""Entries that commit to people, and what stands beside them."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st

from reviews.ledger.hash_chain import chain_entry
from reviews.ledger.people_commitments import commit_people
from tests.reviews.entries import EMPTY

if TYPE_CHECKING:
    from collections.abc import Mapping

DANA = {"id": "7", "name": "Dana Ozola", "email": "dana@example.com"}
ZOE = {"id": None, "name": "Zoë", "email": None}
BODY = {
    "type": "review:acknowledged",
    "review_id": "rev-1",
    "title": "AML Policy 2026.docx",
    "reviewer": {"name": "Dana Ozola", "email": "dana@example.com"},
    "contributors": [DANA, ZOE],
    "acts": [{"kind": "renamed", "people": [DANA]}],
    "note": None,
    "owners": ["dana@example.com"],
}
PLACES = ["/acts/0/people/0", "/contributors/0", "/contributors/1", "/owners/0", "/reviewer"]


def commit(body: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, tuple[str, Any]]]:
    """Return an entry as it is stored, and what stands beside it."""
    numbers = count()
    committed, disclosures = commit_people(body, make_salt=lambda: f"salt-{next(numbers)}")
    return chain_entry(EMPTY, committed), disclosures


texts = st.text(max_size=8)
people = st.fixed_dictionaries({"id": texts | st.none(), "name": texts, "email": texts | st.none()})
bodies = st.fixed_dictionaries(
    {"review_id": texts, "title": texts},
    optional={
        "contributors": st.lists(people, max_size=3),
        "owners": st.lists(texts, max_size=3),
        "reviewer": people,
        "by": people | texts,
        "to": people | st.none(),
        "acts": st.lists(
            st.fixed_dictionaries({"kind": texts, "people": st.lists(people, max_size=2)}), max_size=2
        ),
        "note": texts | st.none(),
        "proof": st.dictionaries(texts, texts, max_size=2),
    },
)

"""The endpoints about people (facts on DocSpace, 4.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response

from demo import asked
from demo.answers import address, wrapped
from demo.dtos import profile
from demo.errors import BadArgumentError, ForbiddenError
from demo.rights import sees

if TYPE_CHECKING:
    from demo.entries import Person
    from demo.tree import Tree


def create_people(tree: Tree) -> Blueprint:
    people = Blueprint("people", __name__)

    @people.get("/@self")
    def myself() -> Response:
        return wrapped(profile(tree, asked.reader(), address()))

    @people.get("/email")
    def by_email() -> Response:
        email = asked.member("email").strip()
        if not email:
            raise BadArgumentError("The email is empty")
        return wrapped(profile(tree, _shown(tree.person_by_email(email)), address()))

    @people.get("/<who>")
    def person(who: str) -> Response:
        return wrapped(profile(tree, _shown(tree.person(who)), address()))

    return people


def _shown(person: Person) -> Person:
    if not sees(asked.reader(), person):
        raise ForbiddenError("Access denied")
    return person

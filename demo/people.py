"""The endpoints about people (facts on DocSpace, 4.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response

from demo import query
from demo.answers import address, wrap_success
from demo.dtos import profile
from demo.errors import BadArgumentError, ForbiddenError
from demo.rights import may_see_person

if TYPE_CHECKING:
    from demo.entries import PortalPerson
    from demo.tree import Tree


def create_people(tree: Tree) -> Blueprint:
    people = Blueprint("people", __name__)

    @people.get("/@self")
    def myself() -> Response:
        return wrap_success(profile(tree, query.reader(), address()))

    @people.get("/email")
    def by_email() -> Response:
        email = query.member("email").strip()
        if not email:
            raise BadArgumentError("The email is empty")
        return wrap_success(profile(tree, _require_visible(tree.person_by_email(email)), address()))

    @people.get("/<who>")
    def person(who: str) -> Response:
        return wrap_success(profile(tree, _require_visible(tree.person(who)), address()))

    return people


def _require_visible(person: PortalPerson) -> PortalPerson:
    if not may_see_person(query.reader(), person):
        raise ForbiddenError("Access denied")
    return person

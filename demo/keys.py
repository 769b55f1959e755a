"""The endpoint that describes the caller's API key (facts on DocSpace, 4.1 and 10.5)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from demo import query
from demo.answers import address, wrap_success
from demo.dtos import employee, format_time

if TYPE_CHECKING:
    from demo.tree import Tree


def create_keys(tree: Tree) -> Blueprint:
    keys = Blueprint("keys", __name__)

    @keys.get("/@self")
    def myself() -> Response:
        """A key made without a list of permissions has only `*` in it."""
        key = request.headers["Authorization"].removeprefix("Bearer ")
        members = {
            "id": str(uuid.uuid5(uuid.NAMESPACE_URL, key)),
            "name": "docspace-review",
            "keyPostfix": key[-4:],
            "permissions": sorted(tree.key_scopes(key)),
            "createOn": format_time(tree.clock()),
            "createBy": employee(tree, query.reader().id, address()),
            "isActive": True,
        }
        return wrap_success({**members, **({"expiresAt": tree.keys_expire} if tree.keys_expire else {})})

    return keys

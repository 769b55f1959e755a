"""What an API key is told of itself (facts on DocSpace, 4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from demo.answers import wrapped
from demo.scopes import ALL

if TYPE_CHECKING:
    from demo.tree import Tree


def create_keys(tree: Tree) -> Blueprint:
    keys = Blueprint("keys", __name__)

    @keys.get("/@self")
    def myself() -> Response:
        key = request.headers["Authorization"].removeprefix("Bearer ")
        scopes = tree.key_scopes(key)
        told = {
            "name": "docspace-review",
            "key": f"sk-***{key[-4:]}",
            "permissions": [] if scopes == ALL else sorted(scopes),
            "isActive": True,
        }
        return wrapped({**told, **({"expiresAt": tree.keys_expire} if tree.keys_expire else {})})

    return keys

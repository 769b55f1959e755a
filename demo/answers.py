"""Envelopes of all REST answers (facts on DocSpace, 4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response, jsonify, request

if TYPE_CHECKING:
    from demo.errors import PortalError


def address() -> str:
    """Return the address under which the portal is called, as its links show it."""
    return request.host_url.rstrip("/")


def wrap_success(response: Any, *, total: int | None = None) -> Response:
    """Return a success: `count` is the length of a list, else 1."""
    body: dict[str, Any] = {"response": response, "count": len(response) if isinstance(response, list) else 1}
    if total is not None:
        body["total"] = total
    link = {"href": address() + request.full_path.rstrip("?"), "action": request.method}
    return jsonify({**body, "links": [link], "status": 0, "statusCode": 200})


def wrap_error(error: PortalError) -> tuple[Response, int]:
    """Return a failure; like the real one it leaks a stack."""
    stack = f"   at ASC.Files.Core.FileStorageService.StandIn() -> {error}"
    members = {"message": str(error), "type": error.kind, "stack": stack, "hresult": -2146233088}
    return jsonify({"error": members, "status": 1, "statusCode": error.status}), error.status


def wrap_failure(status: int) -> tuple[Response, int]:
    """Return a failure with the caller's status; without a body if the server sends none."""
    if status in {401, 429} or 300 <= status < 400:
        return Response(status=status), status
    members = {
        "message": "The stand-in was told to fail",
        "type": "System.Exception",
        "stack": "   at ASC.Common.StandIn.Fault()",
        "hresult": -2146233088,
    }
    return jsonify({"error": members, "status": 1, "statusCode": status}), status

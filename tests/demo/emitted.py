"""What a portal has emitted so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from demo import DemoPortal


def triggers(portal: DemoPortal) -> list[str]:
    return [emission.trigger for emission in portal.emitted]


def last(portal: DemoPortal) -> Any:
    """Return the payload of the newest event."""
    return portal.emitted[-1].payload

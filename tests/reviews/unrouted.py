"""A change for which its route asks no review, as intake stores it."""

from __future__ import annotations

from reviews.kinds import ChangeKind
from reviews.ports.unrouted_changes import UnroutedChange


def make_unrouted_change(number: int, *, route: str = "compliance") -> UnroutedChange:
    """Return the renaming of the file and by the event of this number."""
    return UnroutedChange(
        route=route,
        kind=ChangeKind.RENAMED,
        file_id=str(number),
        title="Policy.docx",
        path="Compliance",
        version_from=1,
        version_to=1,
        title_before=None,
        path_before=None,
        moved_to=None,
        folders=(),
        contributors=(),
        acts=(),
        contents=None,
        reason="only its name changed",
        events=(number,),
    )

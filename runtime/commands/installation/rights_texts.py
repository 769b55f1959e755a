"""The lines of `webhook status` about the rights of the API key's user in the watched folders."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviews.text import clean_text
from webhook.rights import MENDED_BY, ROLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from webhook.rights import FolderRights

_WORDS = {True: "granted", False: "refused", None: "not known"}


def describe_rights(rights: Sequence[FolderRights]) -> list[str]:
    """Return a line a folder, the consequences of missing rights below it, and once the remedy."""
    if not rights:
        return []
    lines = ["Rights of the key's user in the watched folders:"]
    for each in rights:
        rights_by_name = {"histories": each.histories, "comments": each.comments, "log": each.log}
        summary = ", ".join(f"{name} {_WORDS[is_granted]}" for name, is_granted in rights_by_name.items())
        lines.append(f"  {each.folder_id}: {summary}" + (f" ({each.reason})" if each.reason else ""))
        if each.rejected:
            lines.append(f"    DocSpace rejects the request for the log: {clean_text(each.rejected)}")
        lines += [f"    {lost}" for lost in each.describe_losses()]
    if any(each.describe_losses() for each in rights):
        lines.append(f"To fix it: {MENDED_BY}.")
    return lines


def build_rights_json(rights: Sequence[FolderRights]) -> list[dict[str, Any]]:
    return [
        {
            "folder": each.folder_id,
            "histories": each.histories,
            "comments": each.comments,
            "log": each.log,
            "lost": each.describe_losses(),
            "reason": each.reason,
            "rejected": each.rejected,
            "role": ROLE if each.describe_losses() else None,
        }
        for each in rights
    ]

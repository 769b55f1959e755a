"""Sentences on changes to files and folders, for readers without a duty to answer."""

from __future__ import annotations

from reviews.kinds import ChangeKind
from reviews.language import _, format_number
from reviews.wording.placeholders import capitalize_placeholder, format_title


def describe_change(kind: ChangeKind | None, *, title: str, who: str) -> str:
    """Return the sentence; `who` did it, in words on one line."""
    template = _SENTENCES.get(kind or ChangeKind.CONTENT)
    if template is None:
        return capitalize_placeholder(
            _("{who} changed {title}: {kind}.").format(title=format_title(title), who=who, kind=kind)
        )
    return capitalize_placeholder(template().format(title=format_title(title), who=who))


def describe_omitted(count: int) -> str:
    """Return the last line of a list that leaves out `count` items."""
    return _("and {count} more").format(count=format_number(count))


_SENTENCES = {
    ChangeKind.CONTENT: lambda: _("{who} changed {title}."),
    ChangeKind.CREATED: lambda: _("{who} added {title}."),
    ChangeKind.RENAMED: lambda: _("{who} renamed {title}."),
    ChangeKind.MOVED_IN: lambda: _("{who} moved {title} in."),
    ChangeKind.MOVED_OUT: lambda: _("{who} moved {title} out."),
    ChangeKind.TRASHED: lambda: _("{who} moved {title} to the trash."),
    ChangeKind.DELETED: lambda: _("{who} deleted {title} for good."),
    ChangeKind.RESTORED: lambda: _("{who} restored {title}."),
    ChangeKind.METADATA: lambda: _("{who} touched {title}; the content did not change."),
    ChangeKind.BULK: lambda: _("{who} changed {title}."),
    ChangeKind.CAMPAIGN: lambda: _("A campaign asks for {title}."),
}

"""What the reviews of a route do not cover: folders that were not complete, and what has no review.

A watermark says up to when all changes of a folder were handled. A pack may repeat it only if it was read
before the checkpoint was made: what was handled by then has its entries under it.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from reviews.language import _
from reviews.ledger.entry_values import read_text
from reviews.ledger.hash_chain import EntryType
from reviews.pack.entry_members import read_time
from reviews.pack.entry_scope import is_in_period, is_on_route
from reviews.pack.report import FiguresWithoutReview, FolderCompleteness, IncompletePart
from reviews.sweep.completeness import add_titles, check_folders

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from reviews.pack.pack_request import PackRequest
    from reviews.ports.ledger import LedgerEntry
    from reviews.ports.unit_of_work import UnitOfWork
    from reviews.routes.route import Routes
    from reviews.sweep.completeness import Completeness

MANY_FOLDERS = ""
"""Stands for the id of the folder where many folders of a route were not complete at the same time."""


def read_folders(work: UnitOfWork, routes: Routes, route: str) -> list[Completeness]:
    """Return how far each folder is whose changes are the route's, with its title.

    Call it before the checkpoint is made. A route that is not configured any more has no folders; a folder
    that several routes watch is the first one's. Titles are there also on private routes, as in the entries.
    """
    watched = [folder for folder in routes.watched if routes.all[routes.positions[folder]].name == route]
    checked = check_folders(work, routes, watched)
    return add_titles(work, [replace(each, title="") for each in checked])


@dataclass
class CompletenessCollector:
    """Collects what the ledger says of a route beside reviews: folders not complete, counts of the period."""

    request: PackRequest
    _titles: dict[str, str] = field(default_factory=dict)
    _open: dict[str, IncompletePart] = field(default_factory=dict)
    _over: list[tuple[str, IncompletePart]] = field(default_factory=list)
    _counts: Counter[str] = field(default_factory=Counter)

    def add_entry(self, entry: LedgerEntry) -> None:
        if entry.get("review_id") is not None or not is_on_route(entry, self.request.route):
            return
        kind, at = read_text(entry, "type"), read_time(entry.get("at"))
        if is_in_period(entry, self.request):
            self._counts[kind] += 1
        if kind == EntryType.SWEEP_INCOMPLETE:
            self._begin(entry, at)
        elif kind == EntryType.SWEEP_COMPLETE:
            self._end(entry, at)

    def build_figures(self) -> FiguresWithoutReview:
        return FiguresWithoutReview(
            unrouted_changes=self._counts[EntryType.CHANGE_UNROUTED],
            folders_gone=self._counts[EntryType.FOLDER_GONE],
            owners_gone=self._counts[EntryType.OWNER_GONE],
        )

    def build_completeness(self, folders: Sequence[Completeness]) -> tuple[FolderCompleteness, ...]:
        """Return the completeness of each watched folder, and of others that were not in the period."""
        parts = self._group_parts()
        watched = tuple(
            FolderCompleteness(
                folder_id=each.folder_id,
                title=each.title or self._titles.get(each.folder_id, ""),
                since=each.since,
                up_to=each.up_to,
                incomplete=parts.pop(each.folder_id, ()),
            )
            for each in folders
        )
        many = parts.pop(MANY_FOLDERS, ())
        together = (self._describe_many(many, folders),) if many else ()
        return (
            *watched,
            *together,
            *(self._describe_former(folder, parts[folder]) for folder in sorted(parts)),
        )

    def _describe_many(
        self, parts: tuple[IncompletePart, ...], folders: Sequence[Completeness]
    ) -> FolderCompleteness:
        begins, ends = [each.since for each in folders], [each.up_to for each in folders]
        return FolderCompleteness(
            folder_id=MANY_FOLDERS,
            title=_("Many folders of the route at the same time"),
            since=None if None in begins else max(filter(None, begins), default=None),
            up_to=None if None in ends else min(filter(None, ends), default=None),
            incomplete=parts,
        )

    def _describe_former(self, folder_id: str, parts: tuple[IncompletePart, ...]) -> FolderCompleteness:
        return FolderCompleteness(
            folder_id=folder_id,
            title=self._titles.get(folder_id, ""),
            since=None,
            up_to=None,
            incomplete=parts,
            is_watched=False,
        )

    def _begin(self, entry: LedgerEntry, at: datetime | None) -> None:
        """Open a part; one that is open goes on, since a folder that was unwatched meanwhile has no end."""
        folder, since = read_text(entry, "folder_id"), read_time(entry.get("since")) or at
        self._titles[folder] = read_text(entry, "title") or self._titles.get(folder, "")
        if since is not None:
            part = IncompletePart(since=since, to=None, reason=read_text(entry, "reason"))
            self._open.setdefault(folder, part)

    def _end(self, entry: LedgerEntry, at: datetime | None) -> None:
        folder, since = read_text(entry, "folder_id"), read_time(entry.get("from"))
        to = read_time(entry.get("to")) or at
        open_part = self._open.pop(folder, None)
        begin = open_part.since if open_part else since
        if begin is not None and to is not None and to > self.request.since:
            reason = open_part.reason if open_part else ""
            self._over.append((folder, IncompletePart(since=begin, to=to, reason=reason)))

    def _group_parts(self) -> dict[str, tuple[IncompletePart, ...]]:
        """Return the parts that touch the period, by folder and in order."""
        groups: dict[str, tuple[IncompletePart, ...]] = {}
        for folder, part in (*self._over, *self._open.items()):
            if part.since < self.request.until:
                groups[folder] = (*groups.get(folder, ()), part)
        return groups

"""The check of a pack's `figures.json`: each byte is what its entries give, or has the form of the rest."""

from __future__ import annotations

import json
import re
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from reviews.language import LANGUAGES
from reviews.ledger.hash_chain import LedgerBroken, parse_entry
from reviews.ledger.ledger_entries import format_moment
from reviews.pack.completeness import MANY_FOLDERS
from reviews.pack.file_names import FIGURES
from reviews.pack.pack_request import PackRequest
from reviews.pack.report import FolderCompleteness
from runtime.pack.figures_file import MAX_FIGURES_BYTES, describe_checkpoint, describe_figures, format_figures
from runtime.pack.opened_folder import PackInvalid, PackNotCompared
from runtime.settings.version import read_version

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviews.evidence.checkpoints import Checkpoint
    from reviews.pack.report import PackReport
    from runtime.pack.opened_folder import OpenedPack

_VERSION = re.compile(r"[0-9A-Za-z.+-]{1,40}")
_FOLDER_MEMBERS = frozenset(field.name for field in fields(FolderCompleteness))
_FOLDER_TIMES = _FOLDER_MEMBERS - {"folder_id", "title", "incomplete", "is_watched"}
_CLOCK_TOLERANCE = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class StatedFigures:
    """The members of the file, and what it says that the pack was asked for, when, and by which version."""

    members: Mapping[str, Any]
    text: str
    request: PackRequest
    made_at: datetime
    language: str
    version: str


@contextmanager
def explain_version(version: str) -> Iterator[None]:
    """Raise `PackNotCompared` for what another version may have counted or written otherwise."""
    try:
        yield
    except PackInvalid as error:
        if version == read_version():
            raise
        raise PackNotCompared(
            f"{error}; it says that docspace-review {version} wrote it, and this is {read_version()}: "
            "verify it with that version"
        ) from None


def read_figures(pack: OpenedPack, checkpoint: Checkpoint) -> StatedFigures:
    """Return what the file says, or raise `PackInvalid` if that is of no pack under this checkpoint."""
    text = pack.read_text(FIGURES, max_bytes=MAX_FIGURES_BYTES)
    try:
        members = parse_entry(text, label=FIGURES)
    except LedgerBroken as error:
        raise PackInvalid(str(error)) from None
    if not _is_same(members.get("checkpoint"), describe_checkpoint(checkpoint)):
        raise PackInvalid(f"{FIGURES} is of another checkpoint than the pack's")
    language, version = members.get("language"), members.get("version")
    if not isinstance(version, str) or not _VERSION.fullmatch(version):
        raise PackInvalid(f"{FIGURES} names no version of docspace-review")
    with explain_version(version):
        if language not in LANGUAGES:
            raise PackInvalid(f"{FIGURES} names no language of a pack")
        request, made_at = _read_request(members)
    return StatedFigures(
        members=members,
        text=text,
        request=request,
        made_at=made_at,
        language=language,
        version=version,
    )


def check_figures(stated: StatedFigures, report: PackReport, checkpoint: Checkpoint, *, entries: int) -> None:
    """Raise `PackInvalid` unless the file is the one of a report; `entries` is how many the pack has."""
    expected = describe_figures(report, checkpoint, language=stated.language, version=stated.version)
    most_earlier = checkpoint.size - entries  # each earlier review has at least one entry
    expected["figures"]["brought_forward"] = _read_brought_forward(stated.members, most=most_earlier)
    expected["completeness"] = _read_folders(stated, expected["completeness"])
    for part, value in expected.items():
        _compare_part(part, stated.members.get(part), value)
    if stated.text != format_figures(expected):
        raise PackInvalid(f"{FIGURES} has other members, or another form, than is written")


def _read_request(members: Mapping[str, Any]) -> tuple[PackRequest, datetime]:
    """Return what a pack was asked for and when it was made."""
    try:
        sample, route = members["sample"], members["route"]
        f"{route}{sample['seed']}".encode()  # fails for half of a surrogate pair
        since, until, made_at = (_read_moment(members[name]) for name in ("from", "to", "made_at"))
        request = PackRequest(
            route=route, since=since, until=until, sample_size=sample["size"], seed=sample["seed"]
        )
        is_whole = (
            isinstance(request.route, str)
            and isinstance(request.seed, str)
            and type(request.sample_size) is int
            and request.sample_size >= 0
            and since < until
        )
    except (KeyError, TypeError, ValueError):
        is_whole = False
    if not is_whole:
        raise PackInvalid(f"{FIGURES} does not say for which route, period and sample it is")
    return request, made_at


def _read_moment(text: Any) -> datetime:
    """Return a time that is written as ours are, or raise `TypeError` or `ValueError`."""
    at = datetime.fromisoformat(text)
    if at.tzinfo != UTC or format_moment(at) != text:
        raise ValueError(text)
    return at


def _read_brought_forward(members: Mapping[str, Any], *, most: int) -> int:
    figures = members.get("figures")
    count = figures.get("brought_forward") if isinstance(figures, dict) else None
    if type(count) is not int or not 0 <= count <= most:
        raise PackInvalid(f"{FIGURES}: figures, brought_forward is no number of reviews of this ledger")
    return count


def _read_folders(stated: StatedFigures, from_entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the folders if their members have a form, each is there once, and the entries give the rest.

    From the database are which folders are watched, their titles, and from and up to when they are complete.
    """
    expected = {each["folder_id"]: each for each in from_entries}
    folders = stated.members.get("completeness")
    if not isinstance(folders, list) or not all(_is_folder(each, stated.made_at) for each in folders):
        raise PackInvalid(f"{FIGURES}: completeness has a folder in another form than is written")
    by_id = {each["folder_id"]: each for each in folders}
    if len(by_id) < len(folders):
        raise PackInvalid(f"{FIGURES}: completeness has a folder twice")
    is_given = all(_is_given(each, expected.get(each["folder_id"])) for each in folders)
    if not is_given or not expected.keys() <= by_id.keys() or sorted(folders, key=_get_place) != folders:
        raise PackInvalid(f"{FIGURES}: completeness is not what the entries give")
    return folders


def _is_folder(folder: Any, made_at: datetime) -> bool:
    """Return whether a folder has the members and types, and no time after the pack was made."""
    if not isinstance(folder, dict) or folder.keys() != _FOLDER_MEMBERS:
        return False
    try:
        times = [_read_moment(folder[name]) for name in _FOLDER_TIMES if folder[name] is not None]
    except (TypeError, ValueError):
        return False
    return (
        isinstance(folder["folder_id"], str)
        and isinstance(folder["title"], str)
        and isinstance(folder["is_watched"], bool)
        and all(time - made_at <= _CLOCK_TOLERANCE for time in times)
    )


def _is_given(folder: Mapping[str, Any], expected: Mapping[str, Any] | None) -> bool:
    """Return whether a folder is what the entries give, but for what the database said of a watched one."""
    if not folder["is_watched"]:
        return expected is not None and _is_same(folder, expected)
    from_entries = expected["incomplete"] if expected else []
    has_title = folder["folder_id"] != MANY_FOLDERS or (
        expected is not None and folder["title"] == expected["title"]
    )
    return has_title and _is_same(folder["incomplete"], from_entries)


def _get_place(folder: Mapping[str, Any]) -> tuple[int, str]:
    """Return what puts folders in order: watched ones, many at a time, and former ones by their ids."""
    if not folder["is_watched"]:
        return 2, folder["folder_id"]
    return (1 if folder["folder_id"] == MANY_FOLDERS else 0), ""


def _compare_part(part: str, stated: Any, expected: Any) -> None:
    if not isinstance(expected, dict):
        if not _is_same(stated, expected):
            raise PackInvalid(f"{FIGURES}: {part} is not what the entries give")
        return
    for name, value in expected.items():
        if not isinstance(stated, dict) or name not in stated or not _is_same(stated[name], value):
            raise PackInvalid(f"{FIGURES}: {part}, {name} is not what the entries give")


def _is_same(stated: Any, expected: Any) -> bool:
    """Return whether two values are the same in JSON, where `true` is not 1."""
    try:
        return json.dumps(stated, sort_keys=True) == json.dumps(expected, sort_keys=True)
    except RecursionError:  # nested deeper than anything of ours
        return False

"""Figures and README of a pack are exactly what its entries give; what the database said has its form."""

from __future__ import annotations

import json
import shutil
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from runtime.commands.ledger.pack_verification import describe_pack
from runtime.settings.version import read_version
from tests.databases import engine_on
from tests.pack.ledgers import SINCE, TITLES_BY_FOLDER
from tests.pack.packs import ENTRIES, SIZE, check, fill_signed, find_problem, sum_again, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.databases import SqliteDatabases
    from tests.runtime.signed_ledger import SignedLedger

    Change = Callable[[dict[str, Any]], object]

MEMBERS, TWICE = (
    "figures.json has other members, or another form, than is written",
    "completeness has a folder twice",
)
FORM, GIVEN = "completeness has a folder in another form", "completeness is not what the entries give"
NO_PACK = "figures.json does not say for which route, period and sample it is"
MOST = SIZE - ENTRIES


@pytest.fixture(scope="module")
def signed(sqlite_databases: SqliteDatabases) -> Iterator[SignedLedger]:
    engine = engine_on(sqlite_databases.new())
    yield fill_signed(engine)
    engine.dispose()


@pytest.fixture(scope="module")
def written(signed: SignedLedger, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a pack that no test changes."""
    target = tmp_path_factory.mktemp("packs") / "pack"
    write(signed, target)
    return target


@pytest.fixture
def pack(written: Path, tmp_path: Path) -> Path:
    """Return a copy of the pack, to be changed."""
    return shutil.copytree(written, tmp_path / "pack")


def edit_figures(pack: Path, change: Change) -> None:
    figures = json.loads((pack / "figures.json").read_text())
    change(figures)
    text = f"{json.dumps(figures, ensure_ascii=False, indent=2)}\n"
    assert text != (pack / "figures.json").read_text()
    (pack / "figures.json").write_bytes(text.encode(errors="backslashreplace"))


def change_folder(number: int, **members: Any) -> Change:
    return lambda figures: figures["completeness"][number].update(members)


def change_sample(**members: Any) -> Change:
    return lambda figures: figures["sample"].update(members)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda figures: figures.update(opinion="unqualified"), MEMBERS),
        (lambda figures: figures["figures"].update(opinion="unqualified"), MEMBERS),
        (
            lambda figures: figures["figures"]["durations"][0].update(opinion=1),
            "figures, durations is not what",
        ),
        (lambda figures: figures["figures"].update(late=True), "figures, late is not what the entries give"),
        (
            lambda figures: figures["without_review"].update(owners_gone=True),
            "without_review, owners_gone is",
        ),
        (lambda figures: figures["checkpoint"].update(size=float(SIZE)), f"holds the number '{SIZE}.0'"),
        (lambda figures: figures["figures"].update(brought_forward=True), "brought_forward is no number"),
        (lambda figures: figures["figures"].update(brought_forward=-1), "brought_forward is no number"),
        (lambda figures: figures["figures"].update(brought_forward=MOST + 1), "brought_forward is no number"),
        (lambda figures: figures.update(made_at="2027-01-05"), NO_PACK),
        (lambda figures: figures.update({"from": "0001-01-01T00:00:00+14:00"}), NO_PACK),
        (lambda figures: figures.update({"from": "2026-01-01T00:00:00Z"}), NO_PACK),
        (lambda figures: figures.update({"from": figures["to"]}), NO_PACK),
        (lambda figures: figures.update({"from": 5}), NO_PACK),
        (change_sample(seed="\ud800"), NO_PACK),
        (change_sample(size=-1), NO_PACK),
        (lambda figures: figures.update(language="fr"), "names no language of a pack"),
        (lambda figures: figures.update(language=[]), "names no language of a pack"),
        (lambda figures: figures.update(version="\x1b"), "names no version of docspace-review"),
        (lambda figures: figures.update(version=1), "names no version of docspace-review"),
        (lambda figures: figures["completeness"].append(figures["completeness"][0]), TWICE),
        (lambda figures: figures["completeness"].reverse(), GIVEN),
        (lambda figures: figures["completeness"].pop(), GIVEN),
        (change_folder(0, opinion="complete"), FORM),
        (change_folder(0, is_watched=1), FORM),
        (change_folder(0, title=None), FORM),
        (change_folder(0, folder_id=5), FORM),
        (change_folder(0, up_to="always"), FORM),
        (change_folder(0, up_to="9999-01-01T00:00:00.000000Z"), FORM),
        (change_folder(0, incomplete=[]), GIVEN),
        (change_folder(-1, title="Another"), GIVEN),
        (change_folder(-1, up_to="2026-12-01T00:00:00.000000Z"), GIVEN),
        (
            lambda figures: figures["completeness"].append({**figures["completeness"][-1], "folder_id": "9"}),
            GIVEN,
        ),
    ],
)
def test_figures_that_the_entries_do_not_give_are_refused(pack: Path, change: Change, says: str) -> None:
    edit_figures(pack, change)

    problem = find_problem(pack)

    assert problem is not None
    assert says in problem


@pytest.mark.parametrize(
    "change",
    [
        lambda figures: figures["figures"].update(brought_forward=0),
        lambda figures: figures["figures"].update(brought_forward=MOST),
        change_folder(0, title="Another"),
        change_folder(0, up_to=None),
        lambda figures: figures.update(made_at="2027-02-01T00:00:00.000000Z"),
    ],
)
def test_what_the_database_alone_said_is_held_by_its_form(pack: Path, change: Change) -> None:
    edit_figures(pack, change)

    assert find_problem(pack) is None


@pytest.mark.parametrize(
    "respell", [str.rstrip, lambda text: text.replace("  ", " "), lambda text: f"{text}\n"]
)
def test_figures_in_another_spelling_are_refused(pack: Path, respell: Callable[[str], str]) -> None:
    text = (pack / "figures.json").read_text()
    (pack / "figures.json").write_text(respell(text))

    assert find_problem(pack) == MEMBERS


def test_the_pack_has_a_folder_that_is_watched_and_others(written: Path) -> None:
    """What the cases above rest on."""
    folders = json.loads((written / "figures.json").read_text())["completeness"]

    assert [each["is_watched"] for each in folders][:1] == [True]
    assert [each["is_watched"] for each in folders][-1:] == [False]
    assert folders[0]["incomplete"]
    assert {each["folder_id"] for each in folders if each["folder_id"]} <= TITLES_BY_FOLDER.keys()


# The README


@pytest.mark.parametrize("language", ["en", "de"])
def test_the_readme_is_the_one_that_is_written_for_the_entries(
    signed: SignedLedger, tmp_path: Path, language: str
) -> None:
    pack = tmp_path / "pack"
    write(signed, pack, language=language, since=SINCE + timedelta(days=30))
    assert find_problem(pack) is None

    text = (pack / "README.md").read_text()
    (pack / "README.md").write_text(text.replace("VKEY", "VKEY2", 1))

    assert find_problem(pack) == "README.md is not the one that is written for these entries"


def test_the_readme_of_a_pack_in_another_language_is_refused(
    signed: SignedLedger, pack: Path, tmp_path: Path
) -> None:
    write(signed, tmp_path / "german", language="de")
    shutil.copyfile(tmp_path / "german" / "README.md", pack / "README.md")

    assert find_problem(pack) == "README.md is not the one that is written for these entries"


def test_the_readme_of_another_version_is_not_compared_and_the_verdict_says_so(pack: Path) -> None:
    edit_figures(pack, lambda figures: figures.update(version="0.3.9"))
    sum_again(pack)

    verdict = check(pack, keys=[])

    assert verdict.intact
    assert "README.md was not compared" in describe_pack(verdict, has_certificates=False)


def test_what_another_version_counted_otherwise_is_not_verified_and_names_that_version(pack: Path) -> None:
    edit_figures(pack, lambda figures: figures.update(version="0.3.9", opinion="fine"))
    sum_again(pack)

    verdict = check(pack, keys=[])

    assert verdict.may_hold
    assert describe_pack(verdict, has_certificates=False) == (
        "The pack was not verified: figures.json has other members, or another form, than is written; it "
        f"says that docspace-review 0.3.9 wrote it, and this is {read_version()}: verify it with that "
        "version."
    )


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda pack: (pack / "summary.html").write_bytes(b""), "summary.html is none of a pack's files"),
        (
            lambda pack: edit_figures(pack, lambda figures: figures.update(language="fr")),
            "figures.json names no language of a pack",
        ),
    ],
)
def test_what_another_version_has_besides_is_not_verified(
    pack: Path, spoil: Callable[[Path], object], says: str
) -> None:
    edit_figures(pack, lambda figures: figures.update(version="9.0"))
    spoil(pack)
    sum_again(pack)

    verdict = check(pack, keys=[])

    assert verdict.may_hold
    assert str(verdict.problem).startswith(f"{says}; it says that docspace-review 9.0 wrote it")


def test_the_readme_and_the_figures_name_the_version(written: Path) -> None:
    assert f"Version {read_version()} wrote the folder" in (written / "README.md").read_text()
    assert json.loads((written / "figures.json").read_text())["version"] == read_version()

"""What the program is made of may be handed on, and what is known against it is not passed over."""

from __future__ import annotations

import tomllib
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from tests.supply.advisories import Verdict, judge
from tests.supply.bill import NoBill, differences, write_bill
from tests.supply.check import describe
from tests.supply.licences import UNCLEAR, Allowed, licence_of
from tests.supply.lock import LOCK, ROOT, packages

if TYPE_CHECKING:
    from pathlib import Path

TERMS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["supply"]
ALLOWED = Allowed.read(TERMS)
LOCKED = packages(LOCK.read_text())
TODAY = date(2026, 11, 26)
ADVISORY = {"id": "PYSEC-2026-1", "aliases": ["CVE-2026-1"], "fix_versions": ["3.1.4"]}


def report(*advisories: dict[str, Any]) -> dict[str, Any]:
    """Return what pip-audit reports of one package with these advisories, and one that it can't ask about."""
    flask = {"name": "flask", "version": "3.1.3", "vulns": list(advisories)}
    return {"dependencies": [flask, {"name": "granian", "skip_reason": "not found"}], "fixes": []}


def test_every_package_is_pinned_with_the_hashes_of_its_files() -> None:
    pins = [line for line in LOCK.read_text().splitlines() if line[:1].isalnum()]

    assert [each.name for each in LOCKED] == [pin.partition("==")[0] for pin in pins]
    assert all(each.hashes for each in LOCKED)


def test_every_package_is_under_a_licence_that_is_allowed() -> None:
    used = [each.name for each in LOCKED if each.is_used]

    assert [why for name in used if (why := ALLOWED.why_not(name, licence_of(name)))] == []


def test_a_folder_that_can_not_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "build").touch()

    with pytest.raises(NoBill, match="build: File exists"):
        write_bill(tmp_path / "build/bill-of-materials.json")


def test_no_exception_is_made_for_what_is_no_part_of_the_program() -> None:
    names = {each.name for each in LOCKED}

    assert {*TERMS["odd"], *TERMS["stated"]} <= names
    assert all(each["why"] for part in ("odd", "stated", "advisories") for each in TERMS[part].values())


@pytest.mark.parametrize("expression", ["MIT", "GPL-3.0-only OR MIT", "MIT AND PSF-2.0"])
def test_what_may_be_used_under_an_allowed_licence_is_allowed(expression: str) -> None:
    assert ALLOWED.why_not("package", expression) is None


@pytest.mark.parametrize(
    "expression",
    ["GPL-3.0-only", "AGPL-3.0-or-later OR SSPL-1.0", "MIT AND GPL-2.0-only", "MPL-2.0", UNCLEAR],
)
def test_any_other_licence_is_refused_with_what_to_do(expression: str) -> None:
    assert "[tool.supply." in str(ALLOWED.why_not("package", expression))


def test_an_exception_is_for_its_package_and_its_licence_alone() -> None:
    assert ALLOWED.why_not("certifi", "MPL-2.0") is None
    assert ALLOWED.why_not("certifi", "GPL-3.0-only")


def test_an_open_advisory_is_named_with_the_version_that_mends_it() -> None:
    verdict = judge(report(ADVISORY), {}, today=TODAY)

    assert verdict.open == ("flask 3.1.3: PYSEC-2026-1 CVE-2026-1, mended in 3.1.4",)
    assert describe(verdict) == "advisories: asked about 1 packages, not about granian, 1 open"


@pytest.mark.parametrize("name", ["PYSEC-2026-1", "CVE-2026-1"])
def test_an_advisory_may_stay_until_the_day_that_was_set(name: str) -> None:
    accepted = {name: {"until": TODAY, "why": "only where templates are strangers'"}}

    assert judge(report(ADVISORY), accepted, today=TODAY).open == ()
    assert judge(report(ADVISORY), accepted, today=date(2026, 11, 27)).open


def test_where_no_package_could_be_asked_about_that_is_said() -> None:
    nothing = {"dependencies": [{"name": "flask", "skip_reason": "not found"}], "fixes": []}

    for verdict in (judge(nothing, {}, today=TODAY), Verdict(asked=0)):
        assert "could not be reached" in describe(verdict)


def test_a_bill_that_lacks_a_package_or_has_another_version_is_told_from_the_lock() -> None:
    component = {"name": "flask", "version": "3.1.2", "externalReferences": []}
    flask = [each for each in LOCKED if each.name == "flask"]

    assert differences({"components": [component]}, flask) == ["flask 3.1.2", f"flask {flask[0].version}"]

"""Writes the bill of materials, checks licences, asks about advisories: `./dev supply`, `./dev test`."""

from __future__ import annotations

import sys
import tomllib
from datetime import UTC, datetime

from tests.supply.advisories import Verdict, judge, report_on
from tests.supply.bill import NoBill, differences, write_bill
from tests.supply.licences import Allowed, licence_of
from tests.supply.lock import LOCK, ROOT, packages

BILL = ROOT / "build/bill-of-materials.json"


def main() -> None:
    terms = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["supply"]
    locked = packages(LOCK.read_text())
    try:
        unlike = differences(write_bill(BILL), locked)
    except NoBill as error:
        sys.exit(f"bill of materials: not written: {error}")
    allowed = Allowed.read(terms)
    unlicensed = (allowed.why_not(each.name, licence_of(each.name)) for each in locked if each.is_used)
    report = report_on(LOCK)
    today = datetime.now(UTC).date()
    verdict = judge(report, terms["advisories"], today=today) if report else Verdict(asked=0)
    wrong = [f"{each}: the bill of materials and the lock differ" for each in unlike]
    wrong += [*filter(None, unlicensed), *verdict.open]
    print(f"bill of materials: {len(locked)} packages in {BILL.relative_to(ROOT)}")
    print(describe(verdict), *wrong, sep="\n")
    sys.exit(1 if wrong else 0)


def describe(verdict: Verdict) -> str:
    """Say what was asked about advisories, so that silence is not taken for safety."""
    if not verdict.asked:
        return "advisories: the index of packages could not be reached, so none of them was asked about"
    missed = f", not about {', '.join(verdict.unasked)}" if verdict.unasked else ""
    return f"advisories: asked about {verdict.asked} packages{missed}, {len(verdict.open)} open"


if __name__ == "__main__":
    main()

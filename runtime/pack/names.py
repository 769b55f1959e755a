"""Names of the files that are not named beside what writes them."""

from __future__ import annotations

REPORT, POPULATION, README = "report.pdf", "population.csv", "README.md"

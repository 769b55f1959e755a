"""The licence is the whole Apache-2.0, and the project says so where programs look."""

from __future__ import annotations

import tomllib
from hashlib import sha256

from tests.meta.pages_of_docs import ROOT

PUBLISHED = "cfc7749b96f63bd31c3c42b5c471bf756814053e847c10f3eb003417bc523d30"
"""Of https://www.apache.org/licenses/LICENSE-2.0.txt."""


def test_the_licence_is_the_one_that_is_named_word_for_word() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert (project["license"], project["license-files"]) == ("Apache-2.0", ["LICENSE"])
    assert sha256((ROOT / "LICENSE").read_bytes()).hexdigest() == PUBLISHED

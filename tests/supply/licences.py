"""Which licence a package is under, by its own metadata, and whether we may hand it on with the program."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Any

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

UNCLEAR = ""
_CLASSIFIERS = {
    "License :: OSI Approved :: Apache Software License": "Apache-2.0",
    "License :: OSI Approved :: GNU Lesser General Public License v3 or later (LGPLv3+)": "LGPL-3.0-or-later",
    "License :: OSI Approved :: ISC License (ISCL)": "ISC",
    "License :: OSI Approved :: MIT License": "MIT",
    "License :: OSI Approved :: Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""Those that name one licence; "BSD License" names a family."""


@dataclass(frozen=True, kw_only=True)
class Allowed:
    """`licences` are SPDX identifiers. `odd` are packages under others, `stated` those that don't say theirs.

    Both say by package the SPDX expression, and why.
    """

    licences: frozenset[str]
    odd: Mapping[str, Mapping[str, str]]
    stated: Mapping[str, Mapping[str, str]]

    @staticmethod
    def read(table: Mapping[str, Any]) -> Allowed:
        return Allowed(licences=frozenset(table["licences"]), odd=table["odd"], stated=table["stated"])

    def why_not(self, package: str, expression: str) -> str | None:
        """Say why a package under this licence may not be in the program; `None` where it may."""
        if package in self.stated and expression == UNCLEAR:
            expression = self.stated[package]["licence"]
        if expression == UNCLEAR:
            return f"{package}: its metadata name no licence; state it under [tool.supply.stated]"
        if self._is_allowed(expression) or self.odd.get(package, {}).get("licence") == expression:
            return None
        return f"{package}: {expression} is not allowed; replace it, or say why under [tool.supply.odd]"

    def _is_allowed(self, expression: str) -> bool:
        """Return whether one of the alternatives is allowed in all its parts; brackets are none of ours."""
        alternatives = (each.split(" AND ") for each in expression.split(" OR "))
        return any(self.licences.issuperset(licences) for licences in alternatives)


def licence_of(package: str) -> str:
    """Return the SPDX expression of an installed package."""
    about = metadata.metadata(package)
    texts = [*about.get_all("License-Expression", []), *about.get_all("License", [])]
    return next(filter(None, map(_expression, texts)), _of_classifiers(about.get_all("Classifier", [])))


def _expression(text: str) -> str:
    try:
        return canonicalize_license_expression(text)
    except InvalidLicenseExpression:
        return UNCLEAR


def _of_classifiers(classifiers: Iterable[str]) -> str:
    licences = {_CLASSIFIERS[each] for each in classifiers if each in _CLASSIFIERS}
    return licences.pop() if len(licences) == 1 else UNCLEAR

"""A ledger whose entries have MACs, on a database of the test's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.runtime.signed_ledger import SignedLedger

if TYPE_CHECKING:
    import sqlalchemy as sa


@pytest.fixture
def signed(engine: sa.Engine) -> SignedLedger:
    return SignedLedger(engine)

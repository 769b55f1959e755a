"""A desk on a real database, as the tests of the use cases have it."""

from tests.reviews.conftest import desk

__all__ = ["desk"]

"""The meaning of DocSpace's API errors for the product."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from docspace import errors
from reviews.errors import RateLimitReached, TryLater

if TYPE_CHECKING:
    from collections.abc import Callable

REFUSALS = (errors.Forbidden, errors.NotFound, errors.BadRequest)

T = TypeVar("T")


def translate_outages(call: Callable[[], T]) -> T:
    """Turn an outage, in any form, into the product's request for a retry; a refusal passes through."""
    try:
        return call()
    except errors.OwnLimitReached as error:
        raise RateLimitReached(str(error), retry_after=error.after) from error
    except errors.Throttled as error:
        raise TryLater(str(error), retry_after=error.after) from error
    except (errors.Unavailable, errors.KeyRefused) as error:
        raise TryLater(str(error)) from error

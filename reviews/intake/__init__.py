"""From a change event to a review: received once, processed when quiet, opened or revised."""

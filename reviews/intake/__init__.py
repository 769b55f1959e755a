"""From a change event to a review: received once, processed after a quiet period, opened or revised."""

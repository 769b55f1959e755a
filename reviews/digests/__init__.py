"""Digests of reviews: what is open, and what was answered, of a channel's or a person's routes."""

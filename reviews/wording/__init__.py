"""Wording: people, documents, changes and durations in words."""

"""Bulk reviews: many files that one cause touched, with one duty for all of them."""

"""Erasure of a person: whom an address means, what of a stored value is theirs, and what is done where."""

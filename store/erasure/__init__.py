"""Erasure of a person: found, taken from beside the ledger and from all tables, cleaned from free pages."""

"""Calls to remote services: the limits that all processes share, and clients with bounded responses."""

"""Ports: protocols for the database and DocSpace, and the rows that they return."""

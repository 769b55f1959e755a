"""What a document says: its text, and how two states of it differ.

Stands on nothing else of this program. Content comes from outside and may be hostile: it is read in a process
of its own (`isolation.py`), never in the one that holds settings and connections.
"""

"""The composition root: every object is built once, here, and nothing connects before it is used.

`wiring.py` has the objects that any process may need. `pages.py`, `slack.py`, `teams.py`, `webhook.py` and
`sweeps.py` build further ones on it: a process that needs none of these does not load their libraries.
"""

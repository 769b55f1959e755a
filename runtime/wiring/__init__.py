"""The composition root: every object is built once, here, and nothing connects before it is used."""

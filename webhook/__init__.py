"""DocSpace talks to us: the signature, the payload, what the API adds to it, and the receiving view."""

"""People in a browser talk to us."""

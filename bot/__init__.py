"""People in chat talk to us."""

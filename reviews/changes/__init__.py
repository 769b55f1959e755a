"""What happened to a file or folder: a burst of events, compared with its last known state."""

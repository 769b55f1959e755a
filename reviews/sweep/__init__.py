"""The gap sweep: looks for missed events in DocSpace's own logs and listings."""

"""The gap sweep: finds in DocSpace's own logs and listings what no delivery reported."""

"""What the installation says of itself: alarms to operators, and canaries that test the whole way."""

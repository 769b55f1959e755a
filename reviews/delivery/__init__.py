"""Cards and notices on their way to a channel: posted once, redrawn, tried again, given up."""

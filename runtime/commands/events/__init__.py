"""The commands `events` and `deliveries`: what came in, what was delivered, and dead letters run again."""

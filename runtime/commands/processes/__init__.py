"""What runs: `serve`, `worker`, `demo`, `migrate`, `sweep`."""

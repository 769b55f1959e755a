"""The worker: durable workflows, hand-over, and the rounds it makes over and over."""

"""The worker: durable workflows, the hand-over of jobs, and its periodic rounds."""

"""The worker: it takes due work, runs the jobs, and makes its periodic rounds."""

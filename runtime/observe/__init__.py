"""What operators see of a running process: logs, health, metrics, reports of defects."""

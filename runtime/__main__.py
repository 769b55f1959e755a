"""`python -m runtime` is `docspace-review`, for platforms that install the requirements only."""

from runtime.cli import run_and_exit

run_and_exit()

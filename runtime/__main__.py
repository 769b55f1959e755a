"""`python -m runtime` is `docspace-review`, for platforms that install the requirements only."""

from runtime.cli import main

main()

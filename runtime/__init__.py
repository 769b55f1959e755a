"""The composition of the product: settings, wiring, the web application, the worker, the command line."""

import sys

if "structlog" not in sys.modules and "rich" not in sys.modules:
    # structlog loads rich where it is installed, for tracebacks with local variables, which our logs never
    # show (`runtime/observe/logs.py`). Only commands need rich: it takes five megabytes.
    # With None an import fails as if there were no such module.
    sys.modules["rich"] = None  # type: ignore[assignment]
    import structlog  # noqa: F401

    del sys.modules["rich"]

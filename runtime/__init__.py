"""The composition of the product: settings, wiring, the web application, the worker, the command line."""

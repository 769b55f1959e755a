"""Where everything meets: settings, wiring, the web application, the worker, the command line."""

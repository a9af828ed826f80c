"""The Django project: settings, routes and the entry point of the server."""

"""The ways in: HTTP API, web page and command line."""

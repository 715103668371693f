"""`python -m service` is the command `matcher`."""

from service.cli import main

main()

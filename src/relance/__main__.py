"""``python -m relance`` is the same as ``relance``."""

from relance.cli.main import main

main()

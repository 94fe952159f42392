"""``python -m marginproof``: the command line."""

from marginproof.properties.cli import main

main()

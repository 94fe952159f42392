"""``python -m marginproof.theory.checker CERT…``."""

import sys

from .command import main

sys.exit(main())

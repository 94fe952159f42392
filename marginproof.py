"""marginproof: proofs, certificates and property tests for the implicit bias of Adam-like optimizers."""

from __future__ import annotations

__version__ = "0.1.0"

if __name__ == "__main__":
    from properties.cli import main

    main()

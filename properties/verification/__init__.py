"""The verdict on every claim: who speaks for it, how strongly, and whether the checks reject the mutants."""

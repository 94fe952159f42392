"""What a claim is, the registry of all of them, and the tools that prove and test their statements."""

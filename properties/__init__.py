"""Claims at work: optimizers, runs, executable properties, evidence, the command line."""

"""Runs: one update rule an optimizer, batches and schedules, the compiled engine and its many-digit oracle."""

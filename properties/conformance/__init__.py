"""The checks against anybody's optimizer: subjects, the pytest plugin, profiles and replay."""

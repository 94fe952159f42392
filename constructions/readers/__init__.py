"""Files of each format into a :class:`~marginproof.constructions.tables.Table`, one module a format."""

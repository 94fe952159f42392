"""Sweeps: data sets × optimizers × batch sizes × learning rates × starts to one table of predicted limits.

``plan`` reads the file that describes a sweep, ``case`` computes one row, ``sweep`` computes those that are missing.
"""

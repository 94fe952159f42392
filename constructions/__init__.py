"""Data: the paper's sets, real sets, files, and Hypothesis strategies that draw separable sets."""

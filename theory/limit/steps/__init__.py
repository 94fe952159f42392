"""Constant steps: relatively periodic runs solve the limit equation at effective betas."""

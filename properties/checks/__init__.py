"""Executable properties: what must hold of any run, each tied to a claim id and tested on exact cases."""

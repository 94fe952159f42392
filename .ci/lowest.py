"""Print each declared dependency at its lowest version, a line each, for ``make lowest``: those of every user, of the
extras that tests of data and estimators use, and of the tests themselves."""

import re
import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
extras = project["optional-dependencies"]
tests_use = [line for line in extras["dev"] if line.startswith(("pandas", "jsonschema"))]
for requirement in [
    *project["dependencies"],
    *extras["parquet"],
    *extras["sklearn"],
    *extras["dask"],
    *tests_use,
]:
    name, version = re.match(r"([\w-]+)>=([\d.]+)", requirement).groups()
    print(f"{name}=={version}")

"""Many runs at once: data sets × starts × hyper-parameters, over all cores or a Dask cluster.

Example:
  >>> import numpy as np
  >>> from marginproof.theory.optimizers import Adam, Signum
  >>> X = np.array([[5.0, 1.0], [1.0, 4.0]])
  >>> jobs = grid(data=[X], optimizer=[Adam(), Signum(0.9)], start=[None, np.array([0.0, 0.7])], steps=[100])
  >>> [run.steps for run in simulate_many(jobs, n_jobs=1)]
  [100, 100, 100, 100]
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from typing import Any

from marginproof.properties.simulation.records import Run
from marginproof.properties.simulation.trajectories import simulate
from marginproof.theory.errors import MarginproofError

BACKENDS = ("loky", "dask", "sequential")


def grid(**choices: Sequence[Any]) -> list[dict[str, Any]]:
    """Every combination, as keyword arguments for :func:`~marginproof.properties.simulation.trajectories.simulate`."""
    return [dict(zip(choices, values, strict=True)) for values in product(*choices.values())]


def simulate_many(
    jobs: Iterable[Mapping[str, Any]], *, backend: str = "loky", n_jobs: int = -1, client: Any = None
) -> list[Run]:
    """One run per job, in order; the same records whatever the backend.

    Arguments:
      jobs: keyword arguments of :func:`~marginproof.properties.simulation.trajectories.simulate`, ``data`` and ``optimizer`` among them.
      backend: ``loky`` (processes on this machine), ``dask`` or ``sequential``.
      n_jobs: processes; -1 for all cores (``dask``: the cluster decides).
      client: a ``distributed.Client``; for ``dask`` without one, a cluster on this machine.

    Raises:
      MarginproofError: an unknown backend, or ``dask`` without the package.
    """
    from joblib import Parallel, delayed, parallel_config

    if backend not in BACKENDS:
        raise MarginproofError(f"backend={backend} is unknown; choose one of {', '.join(BACKENDS)}")
    tasks = [delayed(_one)(dict(job)) for job in jobs]
    if backend == "dask":
        return _on_dask(tasks, client)
    with parallel_config(backend=backend, n_jobs=n_jobs if backend == "loky" else 1):
        return list(Parallel()(tasks))


def _one(job: dict[str, Any]) -> Run:
    return simulate(job.pop("data"), job.pop("optimizer"), **job)


def _on_dask(tasks: list[Any], client: Any) -> list[Run]:
    from joblib import Parallel, parallel_config

    try:
        import distributed
    except ImportError as cause:
        raise MarginproofError(
            "backend=dask needs the package distributed; install marginproof[dask]"
        ) from cause
    if client is not None:
        with parallel_config(backend="dask", client=client):
            return list(Parallel()(tasks))
    cluster: Any = distributed.Client
    with cluster(processes=True, dashboard_address=None) as own:
        return _on_dask(tasks, own)

"""Where independent jobs run: processes of this machine (joblib's loky) or a dask cluster.

With ``dask``, a client that the caller has made is used, else the cluster whose address is set for dask
(``DASK_SCHEDULER_ADDRESS``), else a local one is started, with a process a job, and closed at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from joblib import parallel_config

from marginproof.theory.errors import MarginproofError


@contextmanager
def workers(backend: str, jobs: int) -> Iterator[None]:
    """joblib's settings for the jobs, inside the ``with`` block.

    Raises:
      MarginproofError: ``backend`` is ``dask`` and dask.distributed is not installed, or there is no cluster at the address.
    """
    with ExitStack() as stack:
        if backend == "loky":
            stack.enter_context(parallel_config(backend="loky", inner_max_num_threads=1))
        else:
            _client(stack, jobs)
            stack.enter_context(parallel_config(backend="dask"))
        yield


def _client(stack: ExitStack, jobs: int) -> None:
    try:
        import dask
        from distributed import Client
    except ImportError as cause:
        raise MarginproofError(
            "backend=dask needs dask.distributed; install marginproof[dask], or choose backend=loky"
        ) from cause
    try:
        Client.current()
        return
    except ValueError:
        address = dask.config.get("scheduler-address", None)
    if address is None:
        stack.enter_context(Client(n_workers=jobs, threads_per_worker=1, dashboard_address=None))
        return
    try:
        stack.enter_context(Client(address, timeout=10))
    except (OSError, TimeoutError, ValueError) as cause:
        raise MarginproofError(
            f"DASK_SCHEDULER_ADDRESS={address} has no scheduler; start one with `dask scheduler`, or unset it"
        ) from cause

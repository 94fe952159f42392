"""Where independent jobs run: processes of this machine (joblib's loky) or a dask cluster.

With ``dask``, a client that the caller has made is used, else the cluster whose address is set for dask
(``DASK_SCHEDULER_ADDRESS``), else a local one is started, with a process a job, and closed at the end.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from joblib import parallel_config

from marginproof.properties.presentation.names import plural
from marginproof.theory.arguments import check_whole
from marginproof.theory.errors import MarginproofError


def check_workers(backend: str, jobs: int) -> None:
    """Refuse an unknown backend, and what is no number of processes."""
    if backend not in ("loky", "dask"):
        raise MarginproofError(f"backend={backend} is unknown; choose loky or dask")
    check_whole("jobs", jobs, 1)


def within_cores(backend: str, jobs: int) -> tuple[int, str]:
    """How many processes run, and where these are fewer, why: a dask cluster may have more cores than this machine."""
    cores = os.cpu_count() or 1
    if backend != "loky" or jobs <= cores:
        return jobs, ""
    return cores, f"{jobs} is more than this machine's cores; {plural(cores, 'process')} will run"


@contextmanager
def workers(backend: str, jobs: int) -> Iterator[int]:
    """joblib's settings for the jobs, inside the ``with`` block, and how many processes run there; a warning tells of fewer.

    Raises:
      MarginproofError: ``backend`` is ``dask`` and dask.distributed is not installed, or there is no cluster at the address.
    """
    running, why = within_cores(backend, jobs)
    if why:
        warnings.warn(f"jobs={why}", stacklevel=4)  # for who called the function with this block
    with ExitStack() as stack:
        if backend == "loky":
            stack.enter_context(parallel_config(backend="loky", inner_max_num_threads=1))
        else:
            _client(stack, jobs)
            stack.enter_context(parallel_config(backend="dask"))
        yield running


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

"""Where the chunks of a hunt run: processes of this machine (joblib's loky) or a dask cluster.

With ``dask``, a client that the caller has made (so the address of a cluster) is used; otherwise
a local one is started, with a process a job, and closed at the end.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from joblib import parallel_config

from marginproof.theory.errors import MarginproofError


@contextmanager
def workers(backend: str, jobs: int) -> Iterator[None]:
    """joblib's settings for the chunks, inside the ``with`` block.

    Raises:
      MarginproofError: ``backend`` is ``dask`` and dask.distributed is not installed.
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
        from distributed import Client
    except ImportError as cause:
        raise MarginproofError(
            "backend=dask needs dask.distributed; install marginproof[dask], or choose backend=loky"
        ) from cause
    try:
        Client.current()
    except ValueError:
        stack.enter_context(Client(n_workers=jobs, threads_per_worker=1, dashboard_address=None))

"""How gunicorn serves the site: it reads this in the folder in which it is started, whoever starts it.

The first process imports nothing of the program: new workers are to take the new code (systemctl reload tracker).
"""

import os
from typing import Any

workers = int(os.environ.get("WORKERS", "2"))
threads = int(os.environ.get("THREADS", "4"))
control_socket_disable = True


def post_fork(server: Any, worker: Any) -> None:
    """Tell the settings, which a worker reads after this, how many threads it has."""
    os.environ["THREADS"] = str(worker.cfg.threads)


def post_worker_init(worker: Any) -> None:
    """Take traffic once pages are made from memory; after a minute, or without a database, before that."""
    from tracker import warm_up

    warm_up.start(worker.wsgi)
    for _second in range(60):
        if warm_up.wait(1):
            break
        worker.notify()

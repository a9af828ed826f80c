"""All tables in one ZIP, of one state of the data, a few rows in memory at a time."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
import zipfile
from collections.abc import Iterator
from typing import IO, Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone

from ..models import Initiative
from ..serving.data_version import data_version
from ..serving.snapshot import snapshot
from .package import csv_path, describe, json_path
from .streams import csv_stream, json_stream
from .tables import TABLES, Table


def write_archive(file: IO[bytes], site: str) -> None:
    """Write the archive; ``site`` is scheme and host of the addresses in it."""
    files: dict[str, dict[str, Any]] = {}
    using = Initiative.objects.public().db
    with snapshot(using), zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        version = str(data_version(using))
        for table in TABLES.values():
            _write_table(bundle, table, site, version, files)
        described = json.dumps(describe(site, version, files), ensure_ascii=False, indent=1)
        bundle.writestr("datapackage.json", described)
        ctx = {
            "site": site,
            "version": version,
            "day": timezone.localdate().isoformat(),
            "licence": settings.DATA_LICENCE,
            "tables": TABLES.values(),
        }
        bundle.writestr("README.txt", render_to_string("initiatives/archive_readme.txt", ctx))


def _write_table(
    bundle: zipfile.ZipFile,
    table: Table,
    site: str,
    version: str,
    files: dict[str, dict[str, Any]],
) -> None:
    """Both files of a table from one reading: CSV into the archive, JSON beside it until CSV is done."""
    about = {
        "title": str(table.title),
        "data_version": version,
        "as_of": timezone.localdate().isoformat(),
    }
    digest, size = hashlib.sha256(), 0
    with tempfile.TemporaryFile() as beside:
        with bundle.open(csv_path(table), "w", force_zip64=True) as csv_file:
            for csv_part, json_part in _both(table, about, site):
                csv_file.write(csv_part)
                beside.write(json_part)
                digest.update(csv_part)
                size += len(csv_part)
        beside.seek(0)
        with bundle.open(json_path(table), "w", force_zip64=True) as json_file:
            shutil.copyfileobj(beside, json_file)
    files[csv_path(table)] = {"bytes": size, "hash": f"sha256:{digest.hexdigest()}"}


def _both(table: Table, about: dict[str, str], site: str) -> Iterator[tuple[bytes, bytes]]:
    """The parts of both files, a chunk of rows at a time; `itertools.tee` would hold on to dozens of them."""
    now: list[Any] = []

    def fed() -> Iterator[Any]:
        while now:
            yield now[0]

    csv_parts = csv_stream(table.columns, fed())
    json_parts = json_stream(about, table.name, table.columns, fed())
    # What stands before the rows.
    yield next(csv_parts), next(json_parts)
    for chunk in table.chunks(site):
        now[:] = [chunk]
        yield next(csv_parts), next(json_parts)
    now.clear()
    yield b"".join(csv_parts), b"".join(json_parts)

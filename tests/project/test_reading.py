"""The door that files are read through: regular files, up to a size, below the folders that are asked for."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from paramlint.core.reading import Unreadable, read


def why(path: Path | str, **how: object) -> str:
    with pytest.raises(Unreadable) as caught:
        read(str(path), **how)  # type: ignore[arg-type]
    return caught.value.why


def test_what_is_no_regular_file_is_not_opened(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    server = socket.socket(socket.AF_UNIX)
    server.bind(str(tmp_path / "socket"))
    (tmp_path / "link").symlink_to("pipe")
    for name in ("pipe", "socket", "link"):
        assert "a pipe, a socket or a device" in why(tmp_path / name)
    server.close()
    assert why(tmp_path) == "it is a folder"
    assert "a device" in why("/dev/zero") and "a device" in why("/dev/null")


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="the kernel's files are elsewhere")
def test_files_of_the_kernel_are_never_read(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to("/proc/self/environ")
    for path in ("/proc/self/environ", "/proc/self/../cpuinfo", "/dev/../proc/version", tmp_path / "link"):
        assert "the kernel" in why(path)
        assert why(path, within=["/proc", "/dev", str(tmp_path)])


def test_size_has_a_limit(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"12345")
    assert read(str(tmp_path / "a"), 5) == b"12345"
    assert why(tmp_path / "a", limit=4) == "it is larger than 4 bytes, the limit"


def test_below_a_folder_no_link_leads_out(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "root-of-another"
    for folder in (root / "a", outside):
        folder.mkdir(parents=True)
    (root / "a" / "in").write_bytes(b"in")
    (outside / "out").write_bytes(b"out")
    (root / "fine").symlink_to("a/in")
    (root / "folder").symlink_to("a")
    (root / "file").symlink_to(outside / "out")
    (root / "up").symlink_to("..")
    (root / "again").symlink_to("file")
    (root / "round").symlink_to("round")
    within = [str(root)]
    for name in ("a/in", "fine", "folder/in", "up/root/a/in", "a/../a/in"):
        assert read(str(root / name), within=within) == b"in"
    for name in ("file", "again", "up/root-of-another/out", "../root-of-another/out"):
        assert "outside of the project" in why(root / name, within=within)
    assert "outside" in why(outside / "out", within=within)
    assert "circle" in why(root / "round", within=within) and why(root / "gone", within=within)
    assert read(str(outside / "out"), within=[*within, str(outside)]) == b"out"


def test_a_link_that_is_put_there_meanwhile_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    for folder in (root / "a", outside):
        folder.mkdir(parents=True)
        (folder / "x").write_bytes(folder.name.encode())
    stat = os.stat

    def swapped(path: str, *args: object, **kwargs: object) -> os.stat_result:
        found = stat(path, *args, **kwargs)  # type: ignore[arg-type]
        if path == str(root / "a" / "x") and not (root / "a").is_symlink():
            (root / "a").rename(tmp_path / "gone")
            (root / "a").symlink_to(outside)
        return found

    monkeypatch.setattr(os, "stat", swapped)
    assert why(root / "a" / "x", within=[str(root)])


def test_a_file_of_several_names_can_be_refused(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"a")
    os.link(tmp_path / "a", tmp_path / "b")
    assert read(str(tmp_path / "b")) == b"a"
    assert "several names" in why(tmp_path / "b", single=True)

"""A disk of its own in a file, whose state at any moment can be kept: what a power cut would have left on it."""
import pathlib
import shutil
import subprocess
import tempfile

from faults import run


class Disk:
    """An ext4 file system in a sparse image, mounted on `folder`. Needs root."""

    def __init__(self, megabytes: int = 900):
        self._make_place()
        with self.image.open("wb") as file:
            file.truncate(megabytes << 20)
        run("mkfs.ext4", "-qF", "-E", "lazy_itable_init=1,lazy_journal_init=1", str(self.image))
        run("mount", "-o", "loop", str(self.image), str(self.folder))

    def snapshot(self) -> "Disk":
        """What has reached the disk by now, mounted elsewhere; what the kernel still kept in memory is not in it."""
        copy = object.__new__(Disk)
        copy._make_place()
        run("cp", "--sparse=always", str(self.image), str(copy.image))
        run("mount", "-o", "loop", str(copy.image), str(copy.folder))
        return copy

    def _make_place(self) -> None:
        self.base = pathlib.Path(tempfile.mkdtemp(prefix="workestra-disk-"))
        # PostgreSQL runs as another user and has to pass.
        self.base.chmod(0o711)
        self.image, self.folder = self.base / "image", self.base / "disk"
        self.folder.mkdir()

    def close(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], capture_output=True)
        shutil.rmtree(self.base, ignore_errors=True)

    def __enter__(self) -> "Disk":
        return self

    def __exit__(self, *_) -> None:
        self.close()

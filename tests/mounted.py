"""A folder as Kubernetes mounts a ConfigMap or a Secret, whose content it replaces at once.

Each file is a link into `..data`, which is a link to a folder of one version. An update writes a
new folder, then renames a new link over `..data` (kubernetes/kubernetes, atomic_writer.go).
"""

import os
import shutil
from collections.abc import Mapping
from itertools import count
from pathlib import Path


class MountedFolder:
    """The folder of a volume."""

    def __init__(self, path: Path, files: Mapping[str, str]) -> None:
        self.path = path
        path.mkdir()
        self._numbers = count(1)
        self.update(files)

    def update(self, files: Mapping[str, str]) -> None:
        """Replace the whole content in one step."""
        version = self.path / f"..2026_12_01_{next(self._numbers)}"
        version.mkdir()
        for name, text in files.items():
            (version / name).write_text(text)
        data, new = self.path / "..data", self.path / "..data_tmp"
        old = data.resolve() if data.is_symlink() else None
        new.symlink_to(version.name)
        os.replace(new, data)
        for name in files:
            if not (self.path / name).is_symlink():
                (self.path / name).symlink_to(f"..data/{name}")
        if old is not None:
            shutil.rmtree(old)

"""Keys of an S3-compatible store, used like paths.

An ``S3Path`` reads, lists, writes and copies objects; an object is there whole or not at all. What it cannot
do, because stores cannot, is to exchange or rename folders. Endpoint, region and credentials come from the
environment (``AWS_ENDPOINT_URL``, ``AWS_REGION``, ``AWS_ACCESS_KEY_ID`` ...), on every machine that works.
"""

import errno
import functools
import io
import os
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import PosixPath
from types import TracebackType
from typing import IO, TYPE_CHECKING, Any
from urllib.parse import urlsplit

if TYPE_CHECKING:
    import pyarrow.fs

SCHEME = "s3:"
ENDPOINT = ("AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL")
REGION = ("AWS_REGION", "AWS_DEFAULT_REGION")


@functools.cache
def _store() -> "pyarrow.fs.S3FileSystem":
    # Imported here: it takes 0.05 CPU-s that a local root does not need.
    import pyarrow.fs

    endpoint = urlsplit(next((os.environ[name] for name in ENDPOINT if os.environ.get(name)), ""))
    region = next((os.environ[name] for name in REGION if os.environ.get(name)), "us-east-1")
    own = {"endpoint_override": endpoint.netloc, "scheme": endpoint.scheme} if endpoint.netloc else {}
    return pyarrow.fs.S3FileSystem(region=region, background_writes=False, **own)


@contextmanager
def _asking(key: str) -> Iterator["pyarrow.fs.S3FileSystem"]:
    """The store; what it refuses is an error of input and output that names the key."""
    try:
        yield _store()
    except FileNotFoundError:
        raise
    except OSError as error:
        finding = str(error).partition(" (Request ID")[0]
        raise OSError(errno.EIO, f"object store: {finding}", f"s3://{key}") from error


class S3Path(PosixPath):
    """A key of a bucket, as far as khabar uses paths; folders are what keys have in common."""

    def __str__(self) -> str:
        text = super().__str__()
        return f"s3://{text[len(SCHEME) + 1 :]}" if text.startswith(f"{SCHEME}/") else text

    @property
    def store(self) -> "pyarrow.fs.S3FileSystem":
        """The store, for readers that take one."""
        return _store()

    @property
    def key(self) -> str:
        """``bucket/key``."""
        return "/".join(self.parts[1:])

    # What the listing said that this path comes from; None for one that was made from its name.
    _listed: "pyarrow.fs.FileInfo | None" = None

    def _info(self) -> "pyarrow.fs.FileInfo":
        with _asking(self.key) as store:
            return store.get_file_info(self.key)

    def exists(self, **_: Any) -> bool:
        """Whether there is an object, or one below."""
        return self._info().type.name != "NotFound"

    def is_file(self) -> bool:
        """Whether there is an object."""
        return bool((self._listed or self._info()).is_file)

    def is_dir(self) -> bool:
        """Whether there is an object below."""
        return self._info().type.name == "Directory"

    def is_symlink(self) -> bool:
        """Never."""
        return False

    def resolve(self, strict: bool = False) -> "S3Path":
        """Itself."""
        return self

    def stat(self, **_: Any) -> os.stat_result:
        """Size and time of the object.

        Raises:
            FileNotFoundError: There is none.
        """
        info = self._listed or self._info()
        if not info.is_file:
            raise FileNotFoundError(2, "no such object", str(self))
        seconds = int(info.mtime.timestamp()) if info.mtime else 0
        return os.stat_result((0o100644, 0, 0, 1, 0, 0, info.size, seconds, seconds, seconds))

    def open(self, mode: str = "r", *arguments: Any, **options: Any) -> IO[Any]:  # type: ignore[override]
        """Read an object, or write one that is there when the block ends without an error."""
        if mode == "wb":
            return Upload(self.key)
        with _asking(self.key) as store:
            raw: Any = store.open_input_file(self.key)
        return raw if mode == "rb" else io.TextIOWrapper(raw, encoding="utf-8")

    def write_bytes(self, data: Any) -> int:
        """Put one object."""
        _put(self.key, data)
        return len(data)

    def touch(self, mode: int = 0o666, exist_ok: bool = True) -> None:
        """Put an empty object."""
        self.write_bytes(b"")

    def mkdir(self, mode: int = 0o777, parents: bool = False, exist_ok: bool = False) -> None:
        """Nothing to do: a store has no folders."""

    def unlink(self, missing_ok: bool = False) -> None:
        """Delete the object."""
        try:
            with _asking(self.key) as store:
                store.delete_file(self.key)
        except FileNotFoundError:
            if not missing_ok:
                raise

    def rename(self, target: Any) -> "S3Path":
        """Copy inside the store, then delete: the target is there whole before the source goes.

        Raises:
            FileNotFoundError: There is no such object.
        """
        self.stat()
        with _asking(target.key) as store:
            store.copy_file(self.key, target.key)
        self.unlink()
        return target

    def iterdir(self) -> Generator["S3Path", None, None]:
        """What is directly below."""
        yield from self._below(recursive=False)

    def glob(self, pattern: str, **_: Any) -> Iterator["S3Path"]:  # type: ignore[override]
        """What is directly below and has such a name."""
        yield from (path for path in self._below(recursive=False) if fnmatchcase(path.name, pattern))

    def rglob(self, pattern: str, **_: Any) -> Iterator["S3Path"]:  # type: ignore[override]
        """What is anywhere below and has such a name."""
        yield from (path for path in self._below(recursive=True) if fnmatchcase(path.name, pattern))

    def _below(self, *, recursive: bool) -> Iterator["S3Path"]:
        import pyarrow.fs

        selector = pyarrow.fs.FileSelector(self.key, recursive=recursive, allow_not_found=True)
        with _asking(self.key) as store:
            found = store.get_file_info(selector)
        for info in found:
            path = S3Path(SCHEME, info.path)
            path._listed = info
            yield path

    def remove(self) -> None:
        """Delete everything below."""
        with _asking(self.key) as store:
            store.delete_dir(self.key)


class Upload(io.BytesIO):
    """Bytes in memory until the end: an error on the way leaves no object, never half of one."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self._key = key

    def close(self) -> None:
        """Put the object."""
        if not self.closed and self._key:
            _put(self._key, self.getbuffer())
        super().close()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._key = ""
        super().__exit__(kind, error, trace)


def _put(key: str, data: Any) -> None:
    with _asking(key) as store, store.open_output_stream(key, compression=None) as stream:
        stream.write(data)

"""Vectors kept by FAISS in half precision, and read in place."""

import errno
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np
import numpy.typing as npt

from index.vectors import Floats, Halves


@dataclass(frozen=True)
class Flat:
    """FAISS's flat index, as no more than where vectors lie; it holds float16 (rows, width)."""

    held: faiss.IndexScalarQuantizer

    @classmethod
    def of(cls, vectors: Halves) -> "Flat":
        """Take unit vectors of half precision: float16 (rows, width)."""
        held = faiss.IndexScalarQuantizer(
            vectors.shape[1], faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        held.add_sa_codes(np.ascontiguousarray(vectors).view(np.uint8))
        return cls(held)

    @classmethod
    def load(cls, path: Path) -> "Flat":
        """Map what `save` wrote into memory."""
        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))

    def save(self, path: Path) -> None:
        """Write a file, the same bytes for the same vectors. Raises OSError."""
        try:
            faiss.write_index(self.held, str(path))
        except RuntimeError as error:  # FAISS's way of saying that the disk is full
            raise OSError(errno.EIO, f"{path.name} could not be written") from error

    def content(self) -> bytes:
        """What `save` writes."""
        return bytes(faiss.serialize_index(self.held))

    @property
    def width(self) -> int:
        """Of each vector."""
        return int(self.held.d)

    def __len__(self) -> int:
        return int(self.held.ntotal)

    def take(self, numbers: npt.NDArray[np.int64]) -> Floats:
        """Copies of these vectors: float32 (numbers, width)."""
        return self._view[numbers].astype(np.float32)

    def halves(self) -> Halves:
        """A copy of all vectors: float16 (rows, width)."""
        return self._view.copy()

    @property
    def _view(self) -> Halves:
        # Of FAISS's own memory, which must not outlive the index: it stays in here.
        codes = faiss.rev_swig_ptr(self.held.codes.data(), len(self) * self.held.code_size)
        view: Halves = codes.view(np.float16).reshape(len(self), self.held.d)
        return view

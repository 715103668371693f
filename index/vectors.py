"""The one place where vectors are normalised and rounded."""

import numpy as np
import numpy.typing as npt

from index.errors import BadInput

ROUNDING = 1e-6
HALF_ROUNDING = 1e-3  # how far rounding to half precision can take a length from 1
Floats = npt.NDArray[np.float32]
Halves = npt.NDArray[np.float16]


def unit(vectors: Floats, width: int) -> Floats:
    """Scale each row to length 1, so that an inner product is a cosine.

    `vectors` is float32 of shape (n, width); the result is a new C-contiguous array of that
    shape. Raises BadInput for another dtype or shape, for NaN or infinity and for a zero row.
    """
    lengths = _lengths(vectors, width)
    # What has length 1 to within rounding stays as it is, so that no bit changes when vectors
    # are taken over from one version to the next.
    lengths[np.abs(lengths - 1) < ROUNDING] = 1
    scaled: Floats = np.ascontiguousarray(vectors / lengths, dtype=np.float32)
    return scaled


def halved(vectors: Floats, width: int) -> Halves:
    """Unit vectors rounded to half precision: float16 (n, width); errors as in `unit`.

    What half precision can hold stays, so that no bit changes when vectors are taken over.
    """
    lengths = _lengths(vectors, width)[:, 0]
    with np.errstate(over="ignore"):  # what is too long for half precision is scaled below
        rounded = vectors.astype(np.float16)
    done = (rounded == vectors).all(axis=1) & (np.abs(lengths - 1) < HALF_ROUNDING)
    rounded[~done] = unit(vectors[~done], width).astype(np.float16)
    return rounded


def _lengths(vectors: Floats, width: int) -> Floats:
    if vectors.dtype != np.float32:
        raise BadInput(f"vectors must be float32, these are {vectors.dtype}")
    if vectors.ndim != 2 or vectors.shape[1] != width:
        raise BadInput(f"vectors must have shape (n, {width}), these have {vectors.shape}")
    if not np.isfinite(vectors).all():
        raise BadInput("vectors hold NaN or infinity")
    lengths: Floats = np.linalg.norm(vectors, axis=1, keepdims=True)
    if (lengths == 0).any():
        raise BadInput(f"row {int(np.argmin(lengths))} is a zero vector, which has no direction")
    return lengths

"""A support vector machine with a Gaussian kernel: what a vector speaks for.

Every line that it learnt from is held against every sentence that a client writes. That is done in
8-bit integers and on one thread: of floats the lines are four times as many bytes, and BLAS's
threads wait for one another wherever several texts are answered side by side.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from index.errors import Missing
from index.vectors import Floats
from matcher.runtime import session

# The kernel's width and what a line on the wrong side costs; between half and twice either, what is
# heard of the lines hardly changes.
GAMMA, COST = 2.0, 4.0
# Lines are rounded to 7 bits, so that no sum of two products overflows 16 on a CPU without VNNI.
LARGEST, ZERO = 63, 128
OPSET, IR = 17, 9


@dataclass(frozen=True)
class Machine:
    """What was learnt, as an ONNX graph from vectors to scores."""

    graph: bytes

    def scores(self, vectors: Floats) -> Floats:
        """How much each vector, float32 (vectors, width), speaks for what is wanted: float32
        (vectors,).
        """
        scores: Floats = self._session.run(None, {"vectors": vectors})[0][:, 0]
        return scores

    @cached_property
    def _session(self) -> Any:
        return session(self.graph)

    @classmethod
    def fit(cls, vectors: Floats, wanted: npt.NDArray[np.bool_], counts: Floats) -> "Machine":
        """Learn which vectors, float32 (lines, width), length 1, are wanted; `counts`, float32
        (lines,), is how much each counts. Raises Missing without the extra `build`.
        """
        try:
            from sklearn.svm import SVC
        except ImportError:
            raise Missing("fitting the alarm needs the extra `build`: run `make install`") from None
        # The kernel at once, as one product: a sixth of the time that one by one takes.
        exact = vectors.astype(np.float64)
        near = exact @ exact.T
        near -= 1
        near *= 2 * GAMMA
        np.exp(near, out=near)
        found = SVC(C=COST, kernel="precomputed").fit(near, wanted, sample_weight=counts)
        reach = float(np.abs(vectors).max())
        lines = vectors[found.support_]
        return cls(_graph(lines, found.dual_coef_[0], float(found.intercept_[0]), reach))


def _graph(lines: Floats, weights: npt.NDArray[np.float64], offset: float, reach: float) -> bytes:
    """The sum over the lines of weight * exp(2 GAMMA (product - 1)), plus the offset.

    A component of a vector is taken for one between -reach and reach.
    """
    try:
        from onnx import TensorProto, helper, numpy_helper
    except ImportError:
        raise Missing("fitting the alarm needs the extra `build`: run `make install`") from None
    steps = np.abs(lines).max(axis=1) / LARGEST
    step = reach / (ZERO - 1)
    values = {
        "step": np.array(step, np.float32),
        "zero": np.array(ZERO, np.uint8),
        "lines": np.ascontiguousarray(np.rint(lines / steps[:, None]).T.astype(np.int8)),
        "scale": (2 * GAMMA * step * steps).astype(np.float32),
        "one": np.array(2 * GAMMA, np.float32),
        "weights": weights[:, None].astype(np.float32),
        "offset": np.array(offset, np.float32),
    }
    nodes = [
        helper.make_node("QuantizeLinear", ["vectors", "step", "zero"], ["rounded"]),
        helper.make_node("MatMulInteger", ["rounded", "lines", "zero"], ["products"]),
        helper.make_node("Cast", ["products"], ["floats"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["floats", "scale"], ["scaled"]),
        helper.make_node("Sub", ["scaled", "one"], ["near"]),
        helper.make_node("Exp", ["near"], ["kernel"]),
        helper.make_node("MatMul", ["kernel", "weights"], ["sums"]),
        helper.make_node("Add", ["sums", "offset"], ["scores"]),
    ]
    made = helper.make_graph(
        nodes,
        "machine",
        [helper.make_tensor_value_info("vectors", TensorProto.FLOAT, ["n", lines.shape[1]])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["n", 1])],
        [numpy_helper.from_array(value, name) for name, value in values.items()],
    )
    opset = helper.make_opsetid("", OPSET)
    graph: bytes = helper.make_model(made, opset_imports=[opset], ir_version=IR).SerializeToString()
    return graph

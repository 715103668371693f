"""ONNX Runtime as it is used here: on one thread, and reporting to nobody.

Whoever needs it imports this first.
"""

import os
from collections.abc import Sequence

# Its Linux builds report to their maker unless this is set before they are loaded; what serves
# clients talks to nobody.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
import onnxruntime


def session(graph: str | bytes, without: Sequence[str] = ()) -> onnxruntime.InferenceSession:
    """A graph, given by its path or its bytes, ready to run; `without` names optimisations."""
    options = onnxruntime.SessionOptions()
    # One thread a text: a second one gains little, and several texts run side by side instead.
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(
        graph, options, providers=["CPUExecutionProvider"], disabled_optimizers=list(without)
    )

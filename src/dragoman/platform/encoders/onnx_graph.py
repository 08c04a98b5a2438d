"""Writing ONNX graphs of linear layers with 8-bit weights, made from others' weights when an encoder is loaded.

Weights are quantised per output channel, activations while it runs; onnxruntime then multiplies bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import helper, numpy_helper

Floats = NDArray[np.float32]
MICROSOFT = "com.microsoft"
SLOWER = ("SkipLayerNormFusion",)
"""What onnxruntime would join to the worse: its sum within a norm takes ten times as long as the two apart."""


class Graph:
    """Nodes and constants as they are added."""

    def __init__(self) -> None:
        self._nodes: list[onnx.NodeProto] = []
        self._constants: list[onnx.TensorProto] = []
        self._reach = 127 if _has_vnni() else 63  # without VNNI eight bits would overflow

    def constant(self, name: str, value: NDArray[Any]) -> str:
        self._constants.append(numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def op(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        self._nodes.append(helper.make_node(kind, inputs, [output], name=output, domain=domain, **attributes))
        return output

    def split(self, given: str, outputs: list[str]) -> list[str]:
        """Equal parts of the last axis."""
        self._nodes.append(helper.make_node("Split", [given], outputs, axis=-1, num_outputs=len(outputs)))
        return outputs

    def dense(self, given: str, weights: Floats, bias: Floats, output: str) -> str:
        """A linear layer with 8-bit weights; `weights` is [outputs, inputs]."""
        scale = np.maximum(np.abs(weights).max(axis=1), 1e-8) / self._reach
        whole = np.clip(np.rint(weights / scale[:, None]), -self._reach, self._reach).astype(np.int8)
        names = [
            given, self.constant(f"{output}.w", whole.T), self.constant(f"{output}.s", scale.astype(np.float32)),
            self.constant(f"{output}.z", np.zeros(len(scale), np.int8)), self.constant(f"{output}.b", bias),
        ]  # fmt: skip
        return self.op("DynamicQuantizeMatMul", names, output, MICROSOFT)

    def plain(self, given: str, weights: Floats, bias: Floats, output: str) -> str:
        """A linear layer with its weights as they are, where bytes would be too coarse; `weights` as in `dense`."""
        product = self.op("MatMul", [given, self.constant(f"{output}.w", weights.T)], f"{output}.product")
        return self.op("Add", [product, self.constant(f"{output}.b", bias)], output)

    def normal(self, given: str, weights: Floats, bias: Floats, output: str, epsilon: float) -> str:
        names = [given, self.constant(f"{output}.w", weights), self.constant(f"{output}.b", bias)]
        return self.op("LayerNormalization", names, output, axis=-1, epsilon=epsilon)

    def session(
        self, inputs: Sequence[onnx.ValueInfoProto], output: onnx.ValueInfoProto, *, threads: int
    ) -> onnxruntime.InferenceSession:
        """The graph, ready to be run."""
        made = helper.make_graph(self._nodes, "encoder", inputs, [output], self._constants)
        opsets = [helper.make_opsetid("", 20), helper.make_opsetid(MICROSOFT, 1)]
        model = helper.make_model(made, opset_imports=opsets, ir_version=9)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # a long batch must not hold its memory for ever
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(
            model.SerializeToString(), options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOWER
        )


def _has_vnni() -> bool:
    """Whether the processor multiplies bytes without overflow."""
    try:
        flags = Path("/proc/cpuinfo").read_text()
    except OSError:
        return False
    return "avx512_vnni" in flags or "avx_vnni" in flags

"""The network as an int8 ONNX graph, written node by node so that nothing in it is a surprise.

Weights are 7-bit integers with a scale per output column; activations are quantised per token
(``x / max|x|``), so a text's answer never depends on its neighbours, and eight bits times seven
never saturate the 16-bit sums of CPUs without VNNI.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from models.recipe.network import ToneNetwork

Floats = npt.NDArray[np.float32]
WEIGHT_STEPS = 63
EMBEDDING_STEPS = 127
OPSET = 20
MASKED = -10_000.0


class _Graph:
    """Collects nodes and constants; every method returns the name of its result."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, npt.NDArray[np.generic]] = {}

    def constant(self, name: str, value: npt.NDArray[np.generic]) -> str:
        self.constants[name] = value
        return name

    def node(self, kind: str, *inputs: str, out: str = "", **attributes: object) -> str:
        name = out or f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def linear(self, hidden: str, name: str, weight: Floats, bias: Floats) -> str:
        """``hidden @ weight.T + bias`` in integers; ``weight`` is [outputs, inputs]."""
        scale = np.maximum(np.abs(weight).max(axis=1), 1e-8) / WEIGHT_STEPS
        table = np.rint(weight / scale[:, None]).astype(np.int8).T.copy()
        quantised, factor = self.quantise(hidden)
        product = self.node(
            "MatMulInteger",
            quantised,
            self.constant(f"{name}.weight", table),
            "middle",
            "int8_zero",
        )
        scaled = self.node("Mul", self.node("Cast", product, to=TensorProto.FLOAT), factor)
        scaled = self.node("Mul", scaled, self.constant(f"{name}.scale", scale.astype(np.float32)))
        return self.node("Add", scaled, self.constant(f"{name}.bias", bias.astype(np.float32)))

    def quantise(self, hidden: str) -> tuple[str, str]:
        """uint8 around 128 and the float factor per token."""
        most = self.node("ReduceMax", self.node("Abs", hidden), "last_axis", keepdims=1)
        factor = self.node("Mul", self.node("Max", most, "least"), "one_127th")
        whole = self.node("Div", hidden, factor)
        return self.node("QuantizeLinear", whole, "one", "middle"), factor

    def norm(self, hidden: str, name: str, weight: Floats, bias: Floats, epsilon: float) -> str:
        return self.node(
            "LayerNormalization",
            hidden,
            self.constant(f"{name}.weight", weight),
            self.constant(f"{name}.bias", bias),
            axis=-1,
            epsilon=epsilon,
        )


def export(network: ToneNetwork, path: Path, *, max_tokens: int) -> None:
    """Write the graph: ``input_ids`` and ``attention_mask`` [texts, tokens] → ``logits``."""
    weights = {name: value.detach().float().numpy() for name, value in network.state_dict().items()}
    shape = network.bert.config
    graph = _Graph()
    _shared(graph, shape.hidden_size, shape.num_attention_heads)
    hidden = _embed(graph, weights, max_tokens, shape.layer_norm_eps)
    floats = graph.node("Cast", "attention_mask", to=TensorProto.FLOAT)
    seen = graph.node("Unsqueeze", floats, "axes_12")
    blocked = graph.node("Mul", graph.node("Sub", seen, "one"), "masked")
    for index in range(shape.num_hidden_layers):
        prefix = f"bert.encoder.layer.{index}"
        hidden = _layer(graph, weights, prefix, hidden, blocked, shape.layer_norm_eps)
    column = graph.node("Unsqueeze", floats, "axis_2")
    total = graph.node("ReduceSum", graph.node("Mul", hidden, column), "axis_1", keepdims=0)
    pooled = graph.node("Div", total, graph.node("ReduceSum", floats, "axis_1", keepdims=1))
    graph.node(
        "Gemm",
        pooled,
        graph.constant("heads.weight", weights["heads.weight"]),
        graph.constant("heads.bias", weights["heads.bias"]),
        out="logits",
        transB=1,
    )
    _write(graph, path, outputs=len(weights["heads.bias"]))


def _shared(graph: _Graph, width: int, heads: int) -> None:
    whole = {
        "last_axis": [-1],
        "axis_1": [1],
        "axis_2": [2],
        "axes_12": [1, 2],
        "heads": [0, 0, heads, width // heads],
        "together": [0, 0, width],
        "from": [0],
    }
    for name, value in whole.items():
        graph.constant(name, np.asarray(value, dtype=np.int64))
    for name, number in {
        "one": 1.0,
        "one_127th": 1 / 127,
        "least": 1e-6,
        "masked": -MASKED,
        "root": 1 / float(np.sqrt(width // heads)),
    }.items():
        graph.constant(name, np.asarray(number, dtype=np.float32))
    graph.constant("middle", np.asarray(128, dtype=np.uint8))
    graph.constant("int8_zero", np.asarray(0, dtype=np.int8))


def _embed(graph: _Graph, weights: dict[str, Floats], max_tokens: int, epsilon: float) -> str:
    """Piece rows (int8, a scale per row) plus positions, normalised."""
    prefix = "bert.embeddings"
    table = weights[f"{prefix}.word_embeddings.weight"]
    scale = np.maximum(np.abs(table).max(axis=1, keepdims=True), 1e-8) / EMBEDDING_STEPS
    rows = np.rint(table / scale).astype(np.int8)
    picked = graph.node("Gather", graph.constant("pieces", rows), "input_ids")
    factor = graph.node(
        "Gather", graph.constant("pieces.scale", scale.astype(np.float32)), "input_ids"
    )
    words = graph.node("Mul", graph.node("Cast", picked, to=TensorProto.FLOAT), factor)
    places = weights[f"{prefix}.position_embeddings.weight"][:max_tokens]
    places = places + weights[f"{prefix}.token_type_embeddings.weight"][0]
    length = graph.node("Shape", "input_ids", start=1, end=2)
    positions = graph.node("Slice", graph.constant("positions", places), "from", length, "from")
    summed = graph.node("Add", words, positions)
    return graph.norm(
        summed,
        "embeddings.norm",
        weights[f"{prefix}.LayerNorm.weight"],
        weights[f"{prefix}.LayerNorm.bias"],
        epsilon,
    )


def _layer(
    graph: _Graph,
    weights: dict[str, Floats],
    prefix: str,
    hidden: str,
    blocked: str,
    epsilon: float,
) -> str:
    """One transformer layer: attention and feed-forward, each added and normalised."""

    def linear(source: str, part: str) -> str:
        name = f"{prefix}.{part}"
        return graph.linear(source, name, weights[f"{name}.weight"], weights[f"{name}.bias"])

    def norm(source: str, part: str) -> str:
        name = f"{prefix}.{part}"
        return graph.norm(source, name, weights[f"{name}.weight"], weights[f"{name}.bias"], epsilon)

    mixed = _attention(graph, weights, prefix, hidden, blocked)
    added = graph.node("Add", linear(mixed, "attention.output.dense"), hidden)
    hidden = norm(added, "attention.output.LayerNorm")
    inner = graph.node("Gelu", linear(hidden, "intermediate.dense"))
    added = graph.node("Add", linear(inner, "output.dense"), hidden)
    return norm(added, "output.LayerNorm")


def _attention(
    graph: _Graph, weights: dict[str, Floats], prefix: str, hidden: str, blocked: str
) -> str:
    """All heads at once; query, key and value in one product."""
    names = [f"{prefix}.attention.self.{part}" for part in ("query", "key", "value")]
    all_three = graph.linear(
        hidden,
        f"{prefix}.attention.all",
        np.concatenate([weights[f"{name}.weight"] for name in names]),
        np.concatenate([weights[f"{name}.bias"] for name in names]),
    )
    split = f"{prefix}.split"
    outputs = [f"{split}.{part}" for part in ("query", "key", "value")]
    graph.nodes.append(
        helper.make_node("Split", [all_three], outputs, name=split, axis=-1, num_outputs=3)
    )
    parts = [graph.node("Reshape", part, "heads") for part in outputs]
    query = graph.node("Transpose", parts[0], perm=[0, 2, 1, 3])
    key = graph.node("Transpose", parts[1], perm=[0, 2, 3, 1])
    value = graph.node("Transpose", parts[2], perm=[0, 2, 1, 3])
    scores = graph.node("MatMul", graph.node("Mul", query, "root"), key)
    shares = graph.node("Softmax", graph.node("Add", scores, blocked), axis=-1)
    mixed = graph.node("Transpose", graph.node("MatMul", shares, value), perm=[0, 2, 1, 3])
    return graph.node("Reshape", mixed, "together")


def _write(graph: _Graph, path: Path, *, outputs: int) -> None:
    tokens = ["texts", "tokens"]
    made = helper.make_graph(
        graph.nodes,
        "tone",
        [
            helper.make_tensor_value_info("input_ids", TensorProto.INT64, tokens),
            helper.make_tensor_value_info("attention_mask", TensorProto.INT64, tokens),
        ],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["texts", outputs])],
        [numpy_helper.from_array(value, name) for name, value in graph.constants.items()],
    )
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = 9
    onnx.checker.check_model(model)
    onnx.save(model, path)

"""Turn a trained network into `weights/reader.onnx`: ONNX, attention fused, int8 with a scale for each channel.

Two kernels of the runtime are slow on one thread, and what they do is put otherwise: a layer is normed in plain steps,
and its activation is the one by tanh, which differs by less than the int8 does. A sixth faster, measured.
"""

import warnings
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import onnx
import torch
from network import HEADS, Network
from torch import Tensor, nn

FLOAT = 1  # onnx.TensorProto.FLOAT, for what comes out of fused nodes
MEAN = "mean"


class _InOrder(nn.Module):
    """The network with its answers in the order of HEADS."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor, mask: Tensor, spans: Tensor) -> tuple[Tensor, ...]:
        found = self.network(ids, mask, spans)
        return tuple(found[name] for name in HEADS)


def export(network: Network, file: Path) -> None:
    """Write the network to a file. The older exporter is used: what it writes is what attention is fused in."""
    from onnxruntime.quantization import QuantType, quantize_dynamic  # type: ignore[import-untyped]
    from onnxruntime.transformers import optimizer  # type: ignore[import-untyped]

    network.eval()
    network.encoder.set_attn_implementation("eager")
    example = (torch.randint(1000, 2000, (2, 24)), torch.ones(2, 24, dtype=torch.long), torch.rand(2, 3, 24))
    names = ["ids", "mask", "spans"]
    sizes = {name: {0: "windows", 1: "pieces"} for name in names} | {"spans": {0: "windows", 1: "asked", 2: "pieces"}}
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain, fused = Path(folder) / "plain.onnx", Path(folder) / "fused.onnx"
        torch.onnx.export(
            _InOrder(network), example, str(plain), input_names=names, output_names=list(HEADS), dynamic_axes=sizes,
            opset_version=17, dynamo=False,
        )  # fmt: skip
        shape = network.encoder.config
        made = optimizer.optimize_model(
            str(plain), "bert", num_heads=shape.num_attention_heads, hidden_size=shape.hidden_size, opt_level=0
        )
        if made.get_fused_operator_statistics()["Attention"] != shape.num_hidden_layers:
            raise RuntimeError("The attention was not fused: the reader would be slower and larger.")
        made.save_model_to_file(str(fused))
        file.parent.mkdir(exist_ok=True)
        extra = {"DefaultTensorType": FLOAT}
        quantize_dynamic(fused, file, per_channel=True, weight_type=QuantType.QInt8, extra_options=extra)
    quicken(file)


def quicken(file: Path) -> None:
    """Put the two slow kernels of an exported network otherwise."""
    model = onnx.load(file)
    graph = model.graph
    nodes = [made for node in graph.node for made in _quick(node)]
    size = next(one.dims[0] for one in graph.initializer if one.name.endswith("LayerNorm.bias"))
    graph.initializer.append(onnx.numpy_helper.from_array(np.full((size, 1), 1 / size, np.float32), MEAN))
    del graph.node[:]
    graph.node.extend(nodes)
    onnx.save(model, file)


def _quick(node: Any) -> Iterator[Any]:
    if node.op_type == "BiasGelu":
        node.op_type = "FastGelu"
    if node.op_type != "SkipLayerNormalization":
        yield node
        return
    first, second, scale, shift, *bias = node.input
    (out,) = node.output
    named = {one.name: onnx.helper.get_attribute_value(one) for one in node.attribute}
    small = onnx.numpy_helper.from_array(np.array(named["epsilon"], np.float32))
    sums = [("Add", first, second, "sum"), *(("Add", f"{out}_sum", one, "all") for one in bias)]
    summed = f"{out}_{sums[-1][-1]}"
    steps = [
        *sums,
        ("MatMul", summed, MEAN, "mean"), ("Sub", summed, f"{out}_mean", "off"),
        ("Mul", f"{out}_off", f"{out}_off", "square"), ("MatMul", f"{out}_square", MEAN, "variance"),
        ("Add", f"{out}_variance", f"{out}_small", "safe"), ("Sqrt", f"{out}_safe", "", "deviation"),
        ("Div", f"{out}_off", f"{out}_deviation", "normed"), ("Mul", f"{out}_normed", scale, "scaled"),
    ]  # fmt: skip
    yield onnx.helper.make_node("Constant", [], [f"{out}_small"], value=small)
    for step, one, other, name in steps:
        yield onnx.helper.make_node(step, [one, other] if other else [one], [f"{out}_{name}"])
    yield onnx.helper.make_node("Add", [f"{out}_scaled", shift], [out])

"""Turn shipped weights back into a network, to go on learning from: what int8 rounded off is learned again at once.

The embeddings never learn, and are the base model's.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import onnx
import torch
from network import HEADS, Network
from torch import Tensor

_OWN = "network."  # before the name of what is held as it was


def opened(file: Path, base: Path) -> Network:
    """Return the network that was exported to a file, made on the base model that it was made on."""
    graph = onnx.load(file).graph
    held = {one.name: onnx.numpy_helper.to_array(one) for one in graph.initializer}
    network = Network(base)
    state = network.state_dict()
    found = {
        name.removeprefix(_OWN): torch.tensor(array.copy())
        for name, array in held.items()
        if name.removeprefix(_OWN) in state
    }
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            path, _, _ = node.output[0].removeprefix("/network/").partition("/MatMul")
            name = f"heads.{path}" if path in HEADS else path.replace("/", ".")
            found[f"{name}.weight"] = _whole(held, node.input[1]).T
        if node.op_type == "QAttention":
            path, _, _ = node.output[0].removeprefix("/network/").partition("/Reshape")
            bias = torch.tensor(held[node.input[2]].copy())
            parts = zip(("query", "key", "value"), _whole(held, node.input[1]).chunk(3, 1), bias.chunk(3), strict=True)
            for part, weight, shift in parts:
                found[f"{path.replace('/', '.')}.{part}.weight"] = weight.T
                found[f"{path.replace('/', '.')}.{part}.bias"] = shift
    learned = {name for name in state if ".embeddings." not in name}
    if found.keys() != learned:
        raise SystemExit(f"{file} holds other layers than a network has: {sorted(found.keys() ^ learned)}")
    network.load_state_dict({**state, **found})
    return network


def _whole(held: Mapping[str, Any], name: str) -> Tensor:
    """Return a weight of int8 as numbers, a column for each of its scales."""
    stem = name.removesuffix("_quantized")
    scale = torch.tensor(held[f"{stem}_scale"].copy())
    return (
        torch.tensor(held[name].astype("float32")) - torch.tensor(held[f"{stem}_zero_point"].astype("float32"))
    ) * scale

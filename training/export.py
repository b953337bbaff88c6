"""Turn a trained network into `weights/reader.onnx`: ONNX, fused, int8 with a scale for each channel."""

import logging
import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from network import HEADS, Network
from torch import Tensor, nn


class _InOrder(nn.Module):
    """The network with its answers in the order of HEADS."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self.network = network

    def forward(self, ids: Tensor, mask: Tensor, spans: Tensor) -> tuple[Tensor, ...]:
        found = self.network(ids, mask, spans)
        return tuple(found[name] for name in HEADS)


def export(network: Network, file: Path) -> None:
    """Write the network to a file."""
    from onnxruntime.quantization import QuantType, quantize_dynamic  # type: ignore[import-untyped]
    from onnxruntime.transformers import optimizer  # type: ignore[import-untyped]

    network.eval()
    logging.getLogger("torch.onnx").setLevel(logging.ERROR)
    example = (torch.randint(1000, 2000, (2, 24)), torch.ones(2, 24, dtype=torch.long), torch.rand(2, 3, 24))
    batch, tokens, spans = (torch.export.Dim(name) for name in ("windows", "pieces", "asked"))
    with TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        plain, fused = Path(folder) / "plain.onnx", Path(folder) / "fused.onnx"
        torch.onnx.export(
            _InOrder(network), example, plain, input_names=["ids", "mask", "spans"], output_names=list(HEADS),
            dynamic_shapes={"ids": {0: batch, 1: tokens}, "mask": {0: batch, 1: tokens},
                            "spans": {0: batch, 1: spans, 2: tokens}},
            dynamo=True, opset_version=18, external_data=False, verbose=False,
        )  # fmt: skip
        shape = network.encoder.config
        optimizer.optimize_model(
            str(plain), "bert", num_heads=shape.num_attention_heads, hidden_size=shape.hidden_size, opt_level=0
        ).save_model_to_file(str(fused))
        file.parent.mkdir(exist_ok=True)
        quantize_dynamic(fused, file, per_channel=True, weight_type=QuantType.QInt8)

"""Turn a trained network into `weights/reader.onnx`: ONNX, attention fused, int8 with a scale for each channel."""

import warnings
from pathlib import Path
from tempfile import TemporaryDirectory

import torch
from network import HEADS, Network
from torch import Tensor, nn

FLOAT = 1  # onnx.TensorProto.FLOAT, for what comes out of fused nodes


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

"""Writes recurrent_fixtures.safetensors: what PyTorch computes in float64 for its RNN, LSTM and GRU.

    pip install torch numpy
    python3 Tests/Fixtures/recurrent_fixtures.py

A case is named CELL.DIRECTION.LAYERS and has

    lengths                  of its sequences, in the user's order
    x                        [rows, 3]: all sequences, one after the other
    h0, c0                   [layers, sequences, 5]: the states before the first step walked (c0: LSTM)
    weight_ih_l0, …          the parameters under PyTorch's names
    y, hn, cn                the outputs of the last layer and the final states of all layers
    wy, whn, wcn             weights of the loss Σ wy·y + Σ whn·hn + Σ wcn·cn
    dx, dh0, dc0, dNAME, …   its gradients

The reverse direction is the reverse half of a bidirectional module; a stack of it has one such module for each layer, fed by the reverse half
below. The metadata has, for each cell, the parameters of a bidirectional stack of three layers, as PyTorch names and shapes them.
"""

import json
import pathlib
import struct

import numpy
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

INPUT, HIDDEN = 3, 5
# Layers and lengths: ragged and in order, equal, ragged and out of order. No two sizes of a case are equal by mistake.
SHAPES = [(1, [6, 4, 1]), (2, [4, 4]), (3, [2, 1, 6, 4])]
CELLS = {
    "elman-tanh": lambda size, **k: torch.nn.RNN(size, HIDDEN, nonlinearity="tanh", **k),
    "elman-relu": lambda size, **k: torch.nn.RNN(size, HIDDEN, nonlinearity="relu", **k),
    "lstm": lambda size, **k: torch.nn.LSTM(size, HIDDEN, **k),
    "gru": lambda size, **k: torch.nn.GRU(size, HIDDEN, **k),
}


def run(module, x, lengths, states, reverse):
    """One layer in one direction over padded rows: outputs and final states."""
    packed = pack_padded_sequence(x, lengths, enforce_sorted=False)
    if reverse:
        states = [torch.stack([torch.zeros_like(s), s]) for s in states]
    else:
        states = [s[None] for s in states]
    output, final = module(packed, tuple(states) if len(states) == 2 else states[0])
    output, _ = pad_packed_sequence(output)
    final = final if isinstance(final, tuple) else (final,)
    return output[:, :, -HIDDEN:], [s[-1] for s in final]


def case(make, reverse, layers, lengths):
    def random(*shape):
        return torch.randn(*shape, dtype=torch.float64)

    modules = [
        make(INPUT if layer == 0 else HIDDEN, bidirectional=reverse).double() for layer in range(layers)
    ]
    names = ["h", "c"] if isinstance(modules[0], torch.nn.LSTM) else ["h"]
    x = random(sum(lengths), INPUT).requires_grad_()
    initial = [random(layers, len(lengths), HIDDEN).requires_grad_() for _ in names]

    rows = pad_sequence(torch.split(x, lengths))
    finals = []
    for layer, module in enumerate(modules):
        rows, final = run(module, rows, lengths, [s[layer] for s in initial], reverse)
        finals.append(final)
    y = torch.cat([rows[:length, i] for i, length in enumerate(lengths)])
    final = [torch.stack(states) for states in zip(*finals)]

    tensors = {"lengths": torch.tensor(lengths), "x": x, "y": y, "wy": random(*y.shape)}
    loss = (tensors["wy"] * y).sum()
    for name, start, end in zip(names, initial, final):
        weight = random(*end.shape)
        loss = loss + (weight * end).sum()
        tensors |= {name + "0": start, name + "n": end, f"w{name}n": weight}
    loss.backward()
    tensors["dx"] = x.grad
    for name, start in zip(names, initial):
        tensors[f"d{name}0"] = start.grad
    for layer, module in enumerate(modules):
        for name, parameter in module.named_parameters():
            if name.endswith("_reverse") == reverse:
                name = name.replace("_l0", f"_l{layer}")
                tensors |= {name: parameter, "d" + name: parameter.grad}
    return tensors


def write(path, tensors, metadata):
    header, data = {"__metadata__": metadata}, b""
    for name, tensor in tensors.items():
        array = tensor.detach().numpy()
        kind = {"float64": "F64", "int64": "I64"}[str(array.dtype)]
        end = len(data) + array.nbytes
        header[name] = {"dtype": kind, "shape": list(array.shape), "data_offsets": [len(data), end]}
        data += numpy.ascontiguousarray(array).tobytes()
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    torch.manual_seed(20)
    tensors, metadata = {}, {"torch": torch.__version__.split("+")[0]}
    for cell, make in CELLS.items():
        for direction in ["forward", "reverse"]:
            for layers, lengths in SHAPES:
                prefix = f"{cell}.{direction}.{layers}"
                for name, tensor in case(make, direction == "reverse", layers, lengths).items():
                    tensors[f"{prefix}.{name}"] = tensor
        stack = make(INPUT, num_layers=3, bidirectional=True)
        metadata[cell] = json.dumps([[name, list(p.shape)] for name, p in stack.named_parameters()])
    write(pathlib.Path(__file__).with_suffix(".safetensors"), tensors, metadata)


if __name__ == "__main__":
    main()

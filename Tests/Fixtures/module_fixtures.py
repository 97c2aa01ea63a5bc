"""Writes module_fixtures.safetensors and state_NAME.safetensors: whole models of PyTorch's, their weights and what they compute.

    pip install torch numpy safetensors
    python3 Tests/Fixtures/module_fixtures.py

A model is an embedding, a recurrent stack, a layer normalisation and a linear layer. state_NAME.safetensors is its state_dict, in float32, as
safetensors.torch.save_file writes it. module_fixtures.safetensors has for each model, computed in float64 with those weights,

    NAME.lengths             of its sequences, in the user's order
    NAME.symbols             of all sequences, one after the other
    NAME.y                   the outputs [rows, 4], in the same order
"""

import pathlib

import safetensors.torch
import torch
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

SYMBOLS, WIDTH, HIDDEN, OUTPUTS = 7, 3, 5, 4
LENGTHS = [4, 6, 1]


class Model(torch.nn.Module):
    def __init__(self, make, **options):
        super().__init__()
        self.embedding = torch.nn.Embedding(SYMBOLS, WIDTH)
        self.rnn = make(WIDTH, HIDDEN, **options)
        width = options.get("proj_size", HIDDEN) * (2 if options.get("bidirectional") else 1)
        self.norm = torch.nn.LayerNorm(width)
        self.output = torch.nn.Linear(width, OUTPUTS)
        torch.nn.init.normal_(self.norm.weight)
        torch.nn.init.normal_(self.norm.bias)

    def forward(self, sequences):
        rows = self.embedding(pad_sequence(sequences))
        lengths = [len(s) for s in sequences]
        packed, _ = self.rnn(pack_padded_sequence(rows, lengths, enforce_sorted=False))
        y, _ = pad_packed_sequence(packed)
        y = self.output(self.norm(y))
        return torch.cat([y[:length, i] for i, length in enumerate(lengths)])


MODELS = {
    "rnn": (torch.nn.RNN, {}),
    "rnn_relu": (torch.nn.RNN, {"nonlinearity": "relu", "num_layers": 2}),
    "lstm": (torch.nn.LSTM, {"num_layers": 2, "bidirectional": True}),
    "lstm_plain": (torch.nn.LSTM, {"bias": False}),
    "lstm_projected": (torch.nn.LSTM, {"num_layers": 2, "bidirectional": True, "proj_size": 2}),
    "gru": (torch.nn.GRU, {"num_layers": 3, "bidirectional": True}),
}

torch.manual_seed(1)
folder = pathlib.Path(__file__).parent
tensors = {}
for name, (make, options) in MODELS.items():
    model = Model(make, **options)
    state = {key: value.contiguous() for key, value in model.state_dict().items()}
    safetensors.torch.save_file(state, folder / f"state_{name}.safetensors")
    symbols = torch.randint(SYMBOLS, (sum(LENGTHS),))
    tensors |= {
        f"{name}.lengths": torch.tensor(LENGTHS),
        f"{name}.symbols": symbols,
        f"{name}.y": model.double()(list(torch.split(symbols, LENGTHS))).detach(),
    }
safetensors.torch.save_file(tensors, folder / "module_fixtures.safetensors")

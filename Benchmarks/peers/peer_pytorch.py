"""PyTorch at its best: two threads, inference mode, fused optimisers. Reads one request a line, writes one answer a line."""

import json
import random
import resource
import statistics
import sys
import time

import torch
from torch import nn

torch.set_num_threads(2)
CELLS = {"lstm": (nn.LSTM, 4), "gru": (nn.GRU, 3), "elman": (nn.RNN, 1)}


def median_seconds(run, seconds=0.4, least=3):
    run()
    run()
    times = []
    begin = time.perf_counter()
    while time.perf_counter() - begin < seconds or len(times) < least:
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def layer(r):
    model = CELLS[r["cell"]][0](int(r["input"]), int(r["hidden"]))
    x = torch.randn(int(r["length"]), int(r["batch"]), int(r["input"]))
    trained = x.clone().requires_grad_()

    def forward():
        with torch.inference_mode():
            model(x)

    def train():
        model(trained)[0].sum().backward()

    return {"forward_ms": median_seconds(forward) * 1e3, "train_ms": median_seconds(train) * 1e3}


def packed(r):
    lengths = [random.randint(int(r["shortest"]), int(r["longest"])) for _ in range(int(r["batch"]))]
    inputs, hidden = int(r["input"]), int(r["hidden"])
    model = nn.LSTM(inputs, hidden)
    x = torch.randn(max(lengths), len(lengths), inputs).requires_grad_()

    def train():
        rows = nn.utils.rnn.pack_padded_sequence(x, torch.tensor(lengths), enforce_sorted=False)
        model(rows)[0].data.sum().backward()

    operations = 3 * 2 * 4 * hidden * (inputs + hidden) * sum(lengths)
    return {"train_gflops": operations / median_seconds(train) / 1e9}


class LanguageModel(nn.Module):
    def __init__(self, r):
        super().__init__()
        symbols, hidden, width = int(r["symbols"]), int(r["hidden"]), int(r["embedding"])
        self.embedding = nn.Embedding(symbols, width)
        self.lstm = nn.LSTM(width, hidden, 2, dropout=r["dropout"])
        self.dropout = nn.Dropout(r["dropout"])
        self.output = nn.Linear(hidden, symbols)

    def forward(self, x, state):
        y, state = self.lstm(self.embedding(x), state)
        return self.output(self.dropout(y)), state


def language_model(r):
    batch, length, steps = int(r["batch"]), int(r["length"]), int(r["steps"])
    symbols = torch.randint(int(r["symbols"]), (steps * length + 1, batch))
    model = LanguageModel(r)
    if r["optimizer"] == "adamw":
        optimizer = torch.optim.AdamW(model.parameters(), lr=0.003, fused=True)
    else:
        optimizer = torch.optim.SGD(model.parameters(), lr=1, fused=True)
    state, times = None, []
    for step in range(steps):
        start = time.perf_counter()
        x = symbols[step * length : (step + 1) * length]
        y = symbols[step * length + 1 : (step + 1) * length + 1]
        if state is not None:
            state = tuple(value.detach() for value in state)
        logits, state = model(x, state)
        loss = nn.functional.cross_entropy(logits.reshape(-1, logits.shape[-1]), y.reshape(-1))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), r["clip"])
        optimizer.step()
        times.append(time.perf_counter() - start)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {"step_ms": statistics.median(times[3:]) * 1e3, "memory_mb": memory}


WORK = {"layer": layer, "packed": packed, "language-model": language_model}
print(json.dumps({"version": torch.__version__.split("+")[0]}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    print(json.dumps(WORK[request["do"]](request)), flush=True)

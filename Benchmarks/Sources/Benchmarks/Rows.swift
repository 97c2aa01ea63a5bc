/// Everything that is measured. A bar is what the project promises on two cores with AVX-512.
func allRows() -> [Row] { kernels + layers + streams + programs }

private let kernels: [Row] =
  [
    (16, 1024, 256), (32, 4096, 1024), (8, 256, 64), (1, 1024, 256), (560, 1024, 256), (560, 256, 1024),
  ].map { rows, outputs, depth in
    Row(
      name: "product \(rows) × \(outputs) × \(depth), 1 thread",
      rondo: .kernel(.product(rows: rows, outputs: outputs, depth: depth)),
      columns: [Row.Column(key: "gflops", isRate: true)])
  }
  + [(1120, 512, 256), (1600, 128, 8), (3584, 256, 28), (4096, 2048, 1024)].map { rows, outputs, width in
    Row(
      name: "gradient \(outputs) × \(width) over \(rows) rows, 1 thread",
      rondo: .kernel(.gradient(rows: rows, outputs: outputs, width: width)),
      columns: [Row.Column(key: "gflops", isRate: true)])
  }

private func layer(
  _ cell: String, _ batch: Int, _ length: Int, _ input: Int, _ hidden: Int, forward: Double, train: Double,
  peak: Double? = nil, peer: Peer.Program = .pytorch
) -> Row {
  Row(
    name: "\(cell) B\(batch) T\(length) I\(input) H\(hidden)" + (peer == .jax ? " (JAX)" : ""),
    rondo: .bench([
      cell, "--batch", "\(batch)", "--length", "\(length)", "--input", "\(input)", "--hidden", "\(hidden)",
    ]),
    peer: Peer(
      program: peer,
      request: [
        "do": "layer", "cell": .string(cell), "batch": .number(batch), "length": .number(length),
        "input": .number(input), "hidden": .number(hidden),
      ]),
    columns: [
      Row.Column(key: "forward_ms", bar: forward), Row.Column(key: "train_ms", bar: train, peakBar: peak),
    ])
}

private let layers: [Row] =
  [
    layer("lstm", 16, 100, 8, 64, forward: 2.5, train: 2),
    layer("lstm", 32, 35, 256, 256, forward: 1, train: 1.05, peak: 0.75),
    layer("lstm", 32, 35, 256, 256, forward: 1, train: 1, peer: .jax),
    layer("lstm", 20, 35, 650, 650, forward: 1, train: 1.05, peak: 0.75),
    layer("lstm", 64, 64, 1024, 1024, forward: 1, train: 1, peak: 0.72),
    layer("lstm", 1, 200, 128, 128, forward: 1.5, train: 1.8),
    layer("lstm", 128, 28, 28, 128, forward: 1.1, train: 1.2),
    layer("gru", 16, 100, 8, 64, forward: 1.8, train: 6),
    layer("gru", 32, 35, 256, 256, forward: 1.5, train: 1.8, peak: 0.73),
    layer("gru", 20, 35, 650, 650, forward: 1.5, train: 2.3, peak: 0.73),
    layer("gru", 64, 64, 1024, 1024, forward: 1.2, train: 1.4, peak: 0.73),
    layer("elman", 32, 35, 256, 256, forward: 1.3, train: 1.6),
    Row(
      name: "lstm B32 I256 H256, lengths 5–35",
      rondo: .bench(["lstm", "--batch", "32", "--lengths", "5-35", "--input", "256", "--hidden", "256"]),
      peer: Peer(
        program: .pytorch,
        request: [
          "do": "packed", "batch": 32, "shortest": 5, "longest": 35, "input": 256, "hidden": 256,
        ]),
      columns: [Row.Column(key: "train_gflops", bar: 1.2, isRate: true)]),
    Row(
      name: "the same, against equal lengths",
      rondo: .bench(["lstm", "--batch", "32", "--lengths", "5-35", "--input", "256", "--hidden", "256"]),
      against: .bench(["lstm", "--batch", "32", "--length", "35", "--input", "256", "--hidden", "256"]),
      columns: [Row.Column(key: "train_gflops", bar: 0.9, isRate: true)]),
    Row(
      name: "layer-norm-lstm.cell B32 T35 I256 H256, against lstm",
      rondo: .bench([
        "docs/layer-norm-lstm.cell", "--batch", "32", "--length", "35", "--input", "256", "--hidden", "256",
      ]),
      against: .bench(["lstm", "--batch", "32", "--length", "35", "--input", "256", "--hidden", "256"]),
      columns: [Row.Column(key: "train_ms", bar: 1 / 1.15)]),
  ]
  + ["mingru", "indrnn", "rg-lru"].map { cell in
    Row(
      name: "\(cell) B32 T512 H1024: its loop, against the rate of memory",
      rondo: .bench([cell, "--batch", "32", "--length", "512", "--input", "1024", "--hidden", "1024"]),
      columns: [Row.Column(key: "loop_gbytes_s", bar: 0.8, of: "memory_gbytes_s", isRate: true)])
  }

private func stream(_ hidden: Int, threads: Int, bar: Double?) -> Row {
  Row(
    name: "lstm H\(hidden), one step, batch 1" + (threads == 1 ? ", 1 thread" : ""),
    rondo: .bench([
      "lstm", "--stream", "--length", "2000", "--input", "\(hidden)", "--hidden", "\(hidden)", "--threads",
      "\(threads)",
    ]),
    peer: Peer(
      program: .onnxruntime,
      request: ["do": "step", "hidden": .number(hidden), "threads": .number(threads)]),
    columns: [Row.Column(key: "step_us_p50", bar: bar)])
}

private let streams: [Row] =
  [
    stream(64, threads: 2, bar: 5), stream(256, threads: 2, bar: 1.7), stream(1024, threads: 2, bar: 1.5),
    stream(256, threads: 1, bar: 1.6),
  ]
  + [(streams: 1, options: ["--interval", "2ms"]), (streams: 32, options: ["--streams", "32"])].map { many in
    Row(
      name: "lstm H256, " + (many.streams == 1 ? "a step every 2 ms" : "\(many.streams) streams in one step"),
      rondo: .bench(
        ["lstm", "--stream", "--length", "1000", "--input", "256", "--hidden", "256", "--threads", "2"]
          + many.options),
      columns: ["step_us_p50", "step_us_p99", "step_us_p999", "step_us_max"].map { Row.Column(key: $0) })
  }
  + [256, 1024].map { hidden in
    Row(
      name: "lstm B1 T200 H\(hidden), one call",
      rondo: .bench([
        "lstm", "--batch", "1", "--length", "200", "--input", "\(hidden)", "--hidden", "\(hidden)",
      ]),
      peer: Peer(
        program: .onnxruntime, request: ["do": "sequence", "hidden": .number(hidden), "length": 200]),
      columns: [Row.Column(key: "forward_ms", bar: 1)])
  }

private func characters(_ hidden: Int, steps: Int, bar: Double) -> Row {
  Row(
    name: "character model 2 × \(hidden), a training step",
    rondo: .train(
      corpus: .characters,
      options: [
        "--level", "char", "--hidden", "\(hidden)", "--layers", "2", "--embedding", "128", "--batch", "50",
        "--length", "64", "--dropout", "0.2", "--optimizer", "adamw", "--clip", "1",
      ], steps: steps),
    peer: Peer(
      program: .pytorch,
      request: [
        "do": "language-model", "symbols": 65, "hidden": .number(hidden), "embedding": 128, "batch": 50,
        "length": 64, "dropout": 0.2, "optimizer": "adamw", "clip": 1, "steps": .number(steps),
      ], isAlone: true),
    columns: [Row.Column(key: "step_ms", bar: bar), Row.Column(key: "memory_mb", bar: 2)])
}

private let programs: [Row] = [
  characters(256, steps: 40, bar: 1.4),
  characters(512, steps: 16, bar: 1.15),
  Row(
    name: "word model 2 × 200, 10,000 words, a training step",
    rondo: .train(
      corpus: .words,
      options: [
        "--level", "word", "--hidden", "200", "--layers", "2", "--batch", "20", "--length", "20", "--dropout",
        "0", "--optimizer", "sgd", "--learning-rate", "1", "--clip", "5", "--loss-reduction", "sequence",
      ], steps: 60),
    peer: Peer(
      program: .pytorch,
      request: [
        "do": "language-model", "symbols": 10_000, "hidden": 200, "embedding": 200, "batch": 20, "length": 20,
        "dropout": 0, "optimizer": "sgd", "clip": 5, "steps": 60,
      ], isAlone: true),
    columns: [Row.Column(key: "step_ms", bar: 1.15), Row.Column(key: "memory_mb", bar: 2)]),
  Row(
    name: "a small model, from start to end with one training step", rondo: .start,
    columns: [Row.Column(key: "seconds", most: 0.2)]),
]

/// One line of the table: something that Rondo does, and what does the same elsewhere.
struct Row {
  /// What to measure under one name of the results, and how it is judged.
  struct Column {
    /// The name in the results of both sides: "forward_ms", "train_ms", …
    let key: String
    /// What the ratio has to reach.
    var bar: Double?
    /// The fraction of the machine's peak that has to be reached.
    var peakBar: Double?
    /// Another of Rondo's own results that it is compared with, instead of the same one of a peer.
    var of: String?
    /// What it must not be above.
    var most: Double?
    /// Whether larger numbers are better, as for rates; otherwise they are times or sizes.
    var isRate = false
  }

  let name: String
  let rondo: RondoCall
  /// What it is compared with.
  var peer: Peer?
  /// A second call of Rondo's in the peer's place.
  var against: RondoCall?
  let columns: [Column]
}

/// What does the same as Rondo, in its own words.
struct Peer {
  enum Program: String, CaseIterable {
    case pytorch, onnxruntime, jax
  }
  let program: Program
  /// What `peers/peer_PROGRAM.py` is asked.
  let request: [String: JSONValue]
  /// Whether each measurement has a process of its own, whose memory is measured, too.
  var isAlone = false
}

/// A run of the command line whose results are read.
enum RondoCall {
  /// `rondo bench … --json`
  case bench([String])
  /// A training run: the median time of a step, and the memory it took.
  case train(corpus: Corpus, options: [String], steps: Int)
  /// From the start of the process to its end, with one training step of a small model in between.
  case start
  /// A product or a weight's gradient on one thread.
  case kernel(Kernel)
}

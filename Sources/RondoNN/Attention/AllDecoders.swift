import RondoRecurrence

/// A cell that reads a memory, by its name.
public struct DecoderEntry: Sendable {
  /// `gru-additive`.
  public let name: String
  /// What it is, in one line.
  public let summary: String
  /// The paper that introduced it.
  public let paper: String
  private let maker: @Sendable (_ hiddenSize: Int, _ memorySize: Int) -> any Cell

  /// The cell for a memory named "source" of this width.
  public func make(hiddenSize: Int, memorySize: Int) -> any Cell { maker(hiddenSize, memorySize) }

  init(
    name: String, summary: String, paper: String,
    make: @escaping @Sendable (_ hiddenSize: Int, _ memorySize: Int) -> any Cell
  ) {
    self.name = name
    self.summary = summary
    self.paper = paper
    maker = make
  }
}

/// The built-in cells that read a memory. One that is listed here gets the conformance tests, with every wrapper around it.
///
/// They are apart from `AllCells`, since a model without an encoder has nothing that they could read.
public enum AllDecoders {
  /// A new one is a file in this folder and a place in this list.
  public static let entries: [DecoderEntry] = [
    DecoderEntry(
      name: "gru-additive", summary: "GRU that reads what additive attention finds",
      paper: "Bahdanau et al. 2015, arXiv 1409.0473"
    ) { hiddenSize, memorySize in
      GRU(hiddenSize: hiddenSize).attending(
        to: "source", memorySize: memorySize, attentionSize: hiddenSize + 1)
    },
    DecoderEntry(
      name: "lstm-additive", summary: "LSTM that reads what additive attention finds",
      paper: "Bahdanau et al. 2015, arXiv 1409.0473"
    ) { hiddenSize, memorySize in
      LSTM(hiddenSize: hiddenSize).attending(to: "source", memorySize: memorySize, attentionSize: hiddenSize)
    },
    DecoderEntry(
      name: "lstm-multiplicative", summary: "LSTM with multiplicative attention and input feeding",
      paper: "Luong et al. 2015, arXiv 1508.04025"
    ) { hiddenSize, memorySize in
      MultiplicativeAttention(
        LSTM(hiddenSize: hiddenSize), memory: "source", memorySize: memorySize, attendedSize: hiddenSize + 2)
    },
  ]

  /// The entry of this name.
  public static func entry(named name: String) -> DecoderEntry? { entries.first { $0.name == name } }
}

import RondoCore
import RondoData
import RondoRecurrence
import RondoTraining

/// What a text model writes: one symbol after the other, each fed back as the next input.
public struct TextGenerator {
  /// What is asked for.
  public struct Request: Sendable {
    /// The text to go on from; an empty one means the beginning of a text.
    public var prompt = ""
    /// Symbols to write at most.
    public var length = 500
    /// The text ends before this string.
    public var stop: String?
    /// How each symbol is chosen.
    public var sampling = SamplingOptions()
    /// Whether the result has text and symbols: without them a text of any length takes no memory.
    public var keepsResult = true

    /// 500 symbols from the beginning of a text, drawn as the model expects them.
    public init() {}
  }

  /// What was written.
  public struct Result: Sendable {
    /// The text after the prompt, without the stop string.
    public var text: String
    /// All symbols that were drawn, those of the stop string included, as the vocabulary spells them; a byte that is no character by
    /// itself as `<0xC3>`.
    public var tokens: [String]
    /// Their numbers in the vocabulary.
    public var tokenIDs: [Int32]
    /// The logarithm of the probability that the model gave each of them, in nats.
    public var logProbabilities: [Double]
  }

  private let model: TextModel
  private let session: Session
  private let output: PackedMatrix
  private let projection: PackedMatrix?

  /// Packs the weights of a model; it serves any number of texts, one after the other.
  public init(_ model: TextModel) {
    self.model = model
    let network = model.model
    session = Session(network.layers, model.parameters)
    projection = network.projection.map { PackedMatrix(model.parameters[$0.weight], isTransposed: false) }
    output = PackedMatrix(model.parameters[network.output.weight], isTransposed: false)
  }

  /// Writes a text.
  ///
  /// - Parameter emit: Gets the bytes of the text as they are produced, complete characters only.
  /// - Throws: `OptionError`, `ModelError`, or what `emit` throws.
  public func generate(_ request: Request, emit: ([UInt8]) throws -> Void) throws -> Result {
    try request.sampling.validate()
    let vocabulary = model.codec.vocabulary
    let prompt = model.codec.encode(request.prompt)
    var sampler = TokenSampler(request.sampling, excluding: vocabulary.unknown)
    var decoder = model.codec.decoder()
    for token in prompt { _ = decoder.next(token) }
    var stream = TextStream(stop: request.stop)
    var result = Result(text: "", tokens: [], tokenIDs: [], logProbabilities: [])
    var written: [UInt8] = []

    session.reset()
    var logits = Tensor(zeros: [vocabulary.count])
    for token in [vocabulary.start] + prompt { step(token, &logits) }
    for place in 0..<max(0, request.length) {
      let (token, logProbability) = try logits.withUnsafeBufferPointer { logits throws(ModelError) in
        try sampler.next(logits)
      }
      if request.keepsResult {
        let spelling = vocabulary.spelling(of: token)
        result.tokens.append(
          String(validating: spelling, as: UTF8.self)
            ?? "<0x\(String(spelling[0], radix: 16, uppercase: true))>")
        result.tokenIDs.append(token)
        result.logProbabilities.append(logProbability)
      }
      let bytes = stream.push(decoder.next(token))
      if request.keepsResult { written += bytes }
      try emit(bytes)
      if stream.isStopped { break }
      if place + 1 < request.length { step(token, &logits) }
    }
    let rest = stream.finish()
    written += rest
    try emit(rest)
    result.text = String(decoding: written, as: UTF8.self)
    return result
  }

  /// Feeds a symbol; the logits of the one after it.
  private func step(_ token: Int32, _ logits: inout Tensor) {
    let network = model.model
    let table = model.parameters[network.embedding.weight]
    var hidden = Tensor(zeros: [session.outputSize])
    session.step(table.pointer + Int(token) * table.columns, into: hidden.mutablePointer())
    if let projection {
      var projected = Tensor(zeros: [projection.columns])
      multiply(projection, hidden, bias: nil, into: &projected)
      hidden = projected
    }
    multiply(output, hidden, bias: network.output.bias.map { model.parameters[$0] }, into: &logits)
  }

  private func multiply(_ matrix: PackedMatrix, _ x: Tensor, bias: Tensor?, into y: inout Tensor) {
    matrix.multiply(
      rows: 1, x.pointer, stride: x.count, start: bias?.pointer, startStride: 0, into: y.mutablePointer(),
      stride: y.count)
  }
}

import RondoRecurrence

/// A decoder's cell that looks at a memory before each step: additive attention around any cell.
///
///     e = v · tanh(W_q h' + b_q + W_k source + b_k), for each slot of the memory
///     a = softmax of e over the slots
///     context = Σ a · source
///     y = cell(x beside context), h' being the first state of the cell
///
/// The output is y beside the context, [cell's output, memorySize]. The parameters beside the cell's are `weight_attention_query`
/// [attentionSize, hiddenSize], `weight_attention_key` [attentionSize, memorySize], their biases, and `weight_attention_score`
/// [1, attentionSize]. The weights a have the name "attention".
///
/// Source: Bahdanau, Cho and Bengio, Neural machine translation by jointly learning to align and translate, 2015, arXiv 1409.0473.
public struct AdditiveAttention<Base: Cell>: CellWrapper {
  /// The cell that reads the context beside its input.
  public let base: Base
  /// The name of the memory.
  public let memory: String
  /// The width of the memory.
  public let memorySize: Int
  /// The width in which queries and keys are compared.
  public let attentionSize: Int

  public func states(inputSize: Int) -> StateShapes { base.states(inputSize: inputSize + memorySize) }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let source = w.memory(memory, memorySize)
    let keys = w.linear("attention_key", source, attentionSize)
    let query = w.linear("attention_query", s[s.names[0]], attentionSize)
    let score = w.linear("attention_score", tanh(query + keys), 1, bias: false)
    let a = softmaxOverMemory(score).named("attention")
    let context = sumOverMemory(a * source).named("context")
    return concatenate(base.step(concatenate(x, context), &s, w), context)
  }
}

extension Cell {
  /// This cell with additive attention to a memory of this name and width.
  ///
  /// - Parameter attentionSize: The width in which the first state and the memory are compared.
  public func attending(
    to memory: String, memorySize: Int, attentionSize: Int
  ) -> AdditiveAttention<Self> {
    AdditiveAttention(base: self, memory: memory, memorySize: memorySize, attentionSize: attentionSize)
  }
}

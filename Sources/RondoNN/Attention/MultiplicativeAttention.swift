import RondoCore
import RondoRecurrence

/// A decoder's cell that looks at a memory after each step and reads what it made of it in the next: multiplicative attention with input
/// feeding around any cell.
///
///     h = cell(x beside attended')
///     e = h · (W_k source), for each slot of the memory
///     a = softmax of e over the slots
///     attended = tanh(W_c (Σ a · source beside h))
///
/// The output is `attended`, which is also a state beside the cell's. The parameters beside the cell's are `weight_attention_key`
/// [hiddenSize, memorySize] and `weight_attended` [attendedSize, memorySize + hiddenSize], both without biases as in the paper. The weights a
/// have the name "attention".
///
/// Source: Luong, Pham and Manning, Effective approaches to attention-based neural machine translation, 2015, arXiv 1508.04025 (score
/// "general", global, with input feeding).
public struct MultiplicativeAttention<Base: Cell>: Cell {
  /// The cell that makes the queries.
  public let base: Base
  /// The name of the memory.
  public let memory: String
  /// The width of the memory.
  public let memorySize: Int
  /// The width of the output and of what is fed back.
  public let attendedSize: Int

  /// The cell.
  public init(_ base: Base, memory: String, memorySize: Int, attendedSize: Int) {
    self.base = base
    self.memory = memory
    self.memorySize = memorySize
    self.attendedSize = attendedSize
  }

  /// The states if none is as wide as the input.
  public var states: StateShapes { states(inputSize: 1) }

  public func states(inputSize: Int) -> StateShapes {
    let shapes = base.states(inputSize: inputSize + attendedSize).shapes
    return StateShapes(shapes + [StateShape(name: "attended", width: attendedSize)])
  }

  public func step(_ x: Term, _ s: inout States, _ w: Weights) -> Term {
    let source = w.memory(memory, memorySize)
    let h = s.step(base, suffix: "", concatenate(x, s.attended), w)
    let keys = w.linear("attention_key", source, h.width, bias: false)
    let a = softmaxOverMemory((h * keys).sum()).named("attention")
    let context = sumOverMemory(a * source).named("context")
    s.attended = tanh(w.linear("attended", concatenate(context, h), attendedSize, bias: false))
    return s.attended
  }
}

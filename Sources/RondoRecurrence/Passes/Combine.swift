import CRondoKernels

// Within lowering: instructions of a row program that follow from each other become one, so that what is between them is neither stored nor read
// again. A combined instruction rounds where its parts rounded, so that no bit changes.

/// The instructions of one section with pairs combined where the first one's result is read by the second alone.
///
/// - Parameters:
///   - isOne: Whether a constant is 1.
///   - mayOverlap: Whether two streams may lie in the same memory.
package func combined(
  _ instructions: [rondo_instruction], isOne: @escaping (rondo_operand) -> Bool,
  mayOverlap: (Int, Int) -> Bool
) -> [rondo_instruction] {
  var code = instructions
  for join in joins(isOne) {
    var first = 0
    while first < code.count {
      if code[first].op == join.first.rawValue,
        let (second, joined) = joinedWithReader(first, of: code, join, mayOverlap)
      {
        code[second] = joined
        code.remove(at: first)
      } else {
        first += 1
      }
    }
  }
  return code
}

/// Makes one instruction of two.
private struct Join {
  let first: rondo_op
  let second: rondo_op
  /// The second instruction reads the first one's result as an operand of the given position; nil if they do not go together.
  let joined: (_ first: rondo_instruction, _ second: rondo_instruction, _ position: Int) -> rondo_instruction?

  init(
    _ first: rondo_op, _ second: rondo_op,
    _ joined: @escaping (rondo_instruction, rondo_instruction, Int) -> rondo_instruction?
  ) {
    (self.first, self.second, self.joined) = (first, second, joined)
  }

  /// With a second instruction that multiplies its first two operands, one of which is the result.
  init(
    factor first: rondo_op, _ second: rondo_op, into op: rondo_op,
    _ operands: @escaping (_ first: rondo_instruction, _ other: rondo_operand) -> [rondo_operand]?
  ) {
    self.init(first, second) { first, second, position in
      guard position < 2, let operands = operands(first, position == 0 ? second.b : second.a) else {
        return nil
      }
      return rondo_instruction(
        op, out: second.out, operands + (second.op == RONDO_OP_FMA.rawValue ? [second.c] : []))
    }
  }
}

/// In the order in which they are tried: what 1 − a² is part of before what is any complement, and both before the factors around them.
private func joins(_ isOne: @escaping (rondo_operand) -> Bool) -> [Join] {
  [
    Join(RONDO_OP_MUL, RONDO_OP_SUB) { first, second, position in
      guard position == 1, isOne(second.a), first.a == first.b else { return nil }
      return rondo_instruction(RONDO_OP_SQUARE_COMPLEMENT, out: second.out, [first.a])
    },
    Join(factor: RONDO_OP_SQUARE_COMPLEMENT, RONDO_OP_MUL, into: RONDO_OP_TANH_GRADIENT) { [$1, $0.a] },
    Join(factor: RONDO_OP_SQUARE_COMPLEMENT, RONDO_OP_FMA, into: RONDO_OP_TANH_GRADIENT_ADD) { [$1, $0.a] },
    Join(factor: RONDO_OP_SUB, RONDO_OP_MUL, into: RONDO_OP_COMPLEMENT_MUL) {
      isOne($0.a) ? [$0.b, $1] : nil
    },
    Join(factor: RONDO_OP_SUB, RONDO_OP_FMA, into: RONDO_OP_COMPLEMENT_FMA) {
      isOne($0.a) ? [$0.b, $1] : nil
    },
    Join(factor: RONDO_OP_COMPLEMENT_MUL, RONDO_OP_MUL, into: RONDO_OP_SIGMOID_GRADIENT) {
      $0.a == $0.b ? [$1, $0.a] : nil
    },
    Join(RONDO_OP_MUL, RONDO_OP_SIGMOID_GRADIENT) { first, second, position in
      guard position == 0 else { return nil }
      return rondo_instruction(RONDO_OP_MUL_SIGMOID_GRADIENT, out: second.out, [first.a, first.b, second.b])
    },
    Join(RONDO_OP_MUL, RONDO_OP_TANH_GRADIENT) { first, second, position in
      guard position == 0 else { return nil }
      return rondo_instruction(RONDO_OP_MUL_TANH_GRADIENT, out: second.out, [first.a, first.b, second.b])
    },
    Join(factor: RONDO_OP_MUL, RONDO_OP_MUL, into: RONDO_OP_MUL_MUL) { [$0.a, $0.b, $1] },
    Join(RONDO_OP_MUL, RONDO_OP_SUM) { first, second, _ in
      rondo_instruction(RONDO_OP_SUM_OF_PRODUCTS, out: second.out, [first.a, first.b])
    },
    Join(RONDO_OP_NEG, RONDO_OP_SUM) { first, second, _ in
      rondo_instruction(RONDO_OP_SUM_OF_NEGATIVES, out: second.out, [first.a])
    },
  ]
}

private func joinedWithReader(
  _ first: Int, of code: [rondo_instruction], _ join: Join, _ mayOverlap: (Int, Int) -> Bool
) -> (second: Int, joined: rondo_instruction)? {
  let result = code[first].out
  guard result.kind == RONDO_REGISTER.rawValue else { return nil }
  var reads: [(instruction: Int, position: Int)] = []
  for index in code.indices[(first + 1)...] {
    for (position, operand) in code[index].operands.enumerated() where operand == result {
      reads.append((index, position))
    }
    if reads.count > 1 { return nil }
    if code[index].out == result { break }
  }
  guard let (second, position) = reads.first, code[second].op == join.second.rawValue,
    let joined = join.joined(code[first], code[second], position)
  else { return nil }
  // The operands of the first are read later now: when what is in between has been written, and beside what the second writes.
  func overlaps(_ operand: rondo_operand, _ out: rondo_operand) -> Bool {
    operand.kind == RONDO_STREAM.rawValue && out.kind == RONDO_STREAM.rawValue
      && mayOverlap(Int(operand.index), Int(out.index))
  }
  for operand in code[first].operands {
    for between in code[(first + 1)..<second] {
      if operand == between.out || overlaps(operand, between.out) { return nil }
    }
    if operand.index != joined.out.index, overlaps(operand, joined.out) { return nil }
  }
  return (second, joined)
}

extension rondo_instruction {
  fileprivate init(_ op: rondo_op, out: rondo_operand, _ operands: [rondo_operand]) {
    self.init(
      op, out: out, operands[0], operands.count > 1 ? operands[1] : nil,
      operands.count > 2 ? operands[2] : nil)
  }

  /// What it reads.
  package var operands: [rondo_operand] { Array([a, b, c].prefix(Int(rondo_operand_count(Int32(op))))) }
}

extension rondo_operand {
  fileprivate static func == (a: rondo_operand, b: rondo_operand) -> Bool {
    a.kind == b.kind && a.index == b.index
  }
}

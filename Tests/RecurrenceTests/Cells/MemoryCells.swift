import RondoNN
import RondoRecurrence
import RondoTestSupport

// Cells that read memories and further inputs in ways that planning could get wrong.

/// A softmax takes what is equal for all slots out of its operand: scores have no biases, whose gradients would be zero but for rounding.
enum MemoryCells {
  static let all: [CellConformance] = [
    // Keys in the memory, queries of a state, the context in the state.
    cell("attention in a loop", ["h": 4]) { x, s, w in
      let source = w.memory("source", 3)
      let a = additive(w, "a", s.h, source)
      s.h = tanh(w.linear("ih", x, 4) + w.linear("hh", concatenate(s.h, sumOverMemory(a * source)), 4))
      return s.h
    },
    cell("attention without a loop", ["h": 3]) { x, s, w in
      let source = w.memory("source", 3)
      let context = sumOverMemory(additive(w, "a", x, source) * source)
      s.h = context
      return w.linear("out", context, 4)
    },
    cell("attention after a loop", ["h": 4]) { x, s, w in
      let source = w.memory("source", 3)
      s.h = tanh(w.linear("ih", x, 4) + w.linear("hh", s.h, 4))
      return tanh(sumOverMemory(additive(w, "a", s.h, source) * source))
    },
    cell("attention before a loop", ["h": 4]) { x, s, w in
      let source = w.memory("source", 3)
      let context = sumOverMemory(softmaxOverMemory((x * source).sum()) * source)
      s.h = tanh(w.linear("ih", context, 4) + w.linear("hh", s.h, 4))
      return concatenate(s.h, context)
    },
    cell("attention to the state before", ["h": 3, "old": 3]) { x, s, w in
      let source = w.memory("source", 3)
      let a = softmaxOverMemory((s.old * source).sum())
      s.old = s.h
      s.h = tanh(w.linear("ih", x, 3) + w.linear("hh", s.h, 3))
      return sumOverMemory(a * source) * s.old
    },
    cell("two hops", ["h": 3]) { x, s, w in
      let source = w.memory("source", 3)
      let first = sumOverMemory(additive(w, "a", s.h, source) * source)
      let second = sumOverMemory(additive(w, "b", first + x, source) * source)
      s.h = tanh(w.linear("hh", s.h + second, 3))
      return first
    },
    cell("two memories", ["h": 4]) { x, s, w in
      let (source, other) = (w.memory("source", 3), w.memory("other", 2))
      let first = sumOverMemory(additive(w, "a", s.h, source) * source)
      let second = sumOverMemory(additive(w, "b", concatenate(first, x), other) * other)
      s.h = tanh(w.linear("hh", concatenate(s.h, second), 4) + w.linear("ih", first, 4))
      return s.h
    },
    cell("heads", ["h": 4]) { x, s, w in
      let source = w.memory("source", 3)
      let (keys, values) = (
        w.linear("key", source, 4, bias: false), w.linear("value", source, 6, bias: false)
      )
      let a = softmaxOverMemory((w.linear("query", s.h, 4) * keys).sum(groups: 2) * 0.7)
      s.h = tanh(w.linear("ih", x, 4) + w.linear("hh", sumOverMemory(a.repeated(3) * values), 4))
      return s.h
    },
    cell("a network of two layers scores", ["h": 4]) { x, s, w in
      let source = w.memory("source", 3)
      let energy = sigmoid(w.linear("query", s.h, 5) + w.linear("key", source, 5))
      let score = w.linear("score", exp(w.linear("inner", energy, 6, bias: false)), 2, bias: false)
      s.h = tanh(
        w.linear("ih", x, 4) + sumOverMemory(softmaxOverMemory(score).repeated(2) * w.linear("v", source, 4)))
      return s.h
    },
    cell("slots beside steps", ["h": 4]) { x, s, w in
      let source = w.memory("source", 3)
      let both = concatenate(source[1..<3], s.h[0..<3], x.sum() * source[0..<1])
      let score = w.linear("score", tanh(both), 1, bias: false)
      let (left, right) = both.split("left", "right")
      s.h = tanh(
        w.linear("ih", x, 4) + w.linear("c", sumOverMemory(softmaxOverMemory(score) * (left - right)), 4))
      return s.h
    },
    cell("sums and maxima of slots", ["h": 3]) { x, s, w in
      let source = w.memory("source", 3)
      let near = exp(0 - (source - s.h) * (source - s.h))
      let centred = near - near.mean() + 0.1 * near.maximum()
      s.h = 0.3 * tanh(sumOverMemory(centred) + x) + 0.2 * sumOverMemory(near.sum())
      return s.h
    },
    cell("what only the memory decides", ["h": 3]) { x, s, w in
      let source = w.memory("source", 3)
      let score = w.linear("score", tanh(source), 1, bias: false)
      let summary = sumOverMemory(softmaxOverMemory(score) * source)
      s.h = tanh(w.linear("ih", x, 3) + w.linear("summary", summary, 3) + w.linear("hh", s.h, 3) * summary)
      return s.h
    },
    cell("a memory that meets what sequences have", ["h": 3]) { x, s, w in
      let (source, id) = (w.memory("source", 3), w.perSequence("id", 3))
      let keys = tanh(source * id + w.linear("id", id, 3))
      s.h = tanh(sumOverMemory(softmaxOverMemory((keys * s.h).sum()) * keys) + x)
      return s.h + id
    },
    cell("the state is a sum over the memory", ["c": 3, "h": 3]) { x, s, w in
      let source = w.memory("source", 3)
      s.c = sumOverMemory(softmaxOverMemory((source * s.h).sum()) * source)
      s.h = tanh(x + s.c)
      return s.c
    },
    cell("the output is the sum of a memory", ["h": 3]) { x, s, w in
      s.h = tanh(x + s.h)
      return sumOverMemory(w.memory("source", 2))
    },
    cell("a memory of width 1", ["h": 1]) { x, s, w in
      let source = w.memory("source", 1)
      s.h = tanh(sumOverMemory(softmaxOverMemory(source * s.h) * source) + x.sum())
      return s.h
    },
    cell("the same vector beside slots, steps and memory", ["h": 3]) { x, s, w in
      let (source, v) = (w.memory("source", 3), tanh(w.vector("v", 3)))
      let score = (tanh(source * v) * s.h * v).sum() + (s.h * v).sum()
      s.h = tanh(x * v + sumOverMemory(softmaxOverMemory(score) * source))
      return s.h
    },
    cell("masks on a memory", ["h": 3]) { x, s, w in
      let source = w.memory("source", 3) * w.mask("m", 3, probability: 0.3, perSequence: true)
      let a = softmaxOverMemory((source * s.h * w.mask("n", 3, probability: 0.3)).sum())
      s.h = tanh(x + sumOverMemory(a * source))
      return s.h
    },
    cell("a state that nothing but the attention reads", ["q": 3]) { x, s, w in
      let source = w.memory("source", 3)
      let a = softmaxOverMemory((source * s.q).sum())
      s.q = x
      return sumOverMemory(a * source)
    },
    cell("unnormalised weights", ["h": 3]) { x, s, w in
      let source = w.memory("source", 3)
      s.h = tanh(x + 0.3 * sumOverMemory((sigmoid(source + s.h) < 0.6) * source * s.h))
      return s.h
    },
    cell("further inputs", ["h": 4]) { x, s, w in
      let (gap, id) = (w.input("gap", 2), w.perSequence("id", 3))
      let decay = exp(0 - softplus(w.linear("decay", gap, 4)))
      let z = w.linear("ih", x, 4) + w.linear("hh", decay * s.h, 4) + w.linear("id", id, 4)
      s.h = tanh(z) + 0.1 * id.sum()
      return s.h * gap[1..<2]
    },
    cell("further inputs without a loop", ["h": 2]) { x, s, w in
      s.h = tanh(w.input("gap", 2) + w.linear("id", w.perSequence("id", 2), 2))
      return s.h * w.perSequence("id", 2)
    },
  ]

  private static func cell(
    _ name: String, _ states: StateShapes,
    _ equations: @escaping @Sendable (Term, inout States, Weights) -> Term
  ) -> CellConformance {
    CellConformance(name, Equations(states, equations))
  }

  private static func additive(_ w: Weights, _ name: String, _ query: Term, _ source: Term) -> Term {
    let keys = w.linear(name + "_key", source, 5)
    let energy = tanh(w.linear(name + "_query", query, 5) + keys)
    return softmaxOverMemory(w.linear(name + "_score", energy, 1, bias: false))
  }
}

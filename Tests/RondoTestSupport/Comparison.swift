import RondoRecurrence

/// The largest |a − b| over the largest |b|, which is how this project states errors of a tensor; infinite where a is not a number.
package func relativeError(
  _ a: [some BinaryFloatingPoint], _ b: [some BinaryFloatingPoint]
) -> Double {
  guard a.count == b.count else { return .infinity }
  var (difference, largest) = (0.0, 0.0)
  for (a, b) in zip(a, b) {
    let distance = abs(Double(a) - Double(b))
    difference = distance.isNaN ? .infinity : max(difference, distance)
    largest = max(largest, abs(Double(b)))
  }
  return largest == 0 ? difference : difference / largest
}

/// Whether two arrays have the same bits; one with a NaN is like none, since no test computes NaNs on purpose.
package func haveEqualBits<Element: BinaryFloatingPoint>(_ a: [Element], _ b: [Element]) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { $0 == $1 && $0.sign == $1.sign }
}

extension SequenceValues {
  /// The arrays with their names: `x`, the states' and the parameters'.
  package func named(_ plans: RecurrencePlans) -> [(name: String, values: [Element])] {
    [("x", input)] + zip(plans.step.further, further).map { ($0.name, $1) }
      + zip(plans.step.states, states).map { ($0.name, $1) }
      + zip(plans.step.parameters, parameters).map { ($0.name, $1) }
  }

  package func map<T>(_ convert: (Element) -> T) -> SequenceValues<T> {
    SequenceValues<T>(
      input: input.map(convert), further: further.map { $0.map(convert) },
      states: states.map { $0.map(convert) },
      parameters: parameters.map { $0.map(convert) })
  }
}

extension SequenceResults {
  /// The arrays with their names: `output`, `final h`, and with gradients `dx`, `initial dh`, `dweight_ih`, ….
  package func named(_ plans: RecurrencePlans) -> [(name: String, values: [Element])] {
    var all = [("output", output)] + zip(plans.step.states, final).map { ("final \($0.name)", $1) }
    if let gradients { all += gradients.named(plans).map { ("d" + $0.name, $0.values) } }
    return all
  }
}

/// The names of the arrays whose bits differ.
package func differing<Element>(
  _ a: SequenceResults<Element>, _ b: SequenceResults<Element>, _ plans: RecurrencePlans
) -> [String] {
  zip(a.named(plans), b.named(plans)).filter { !haveEqualBits($0.values, $1.values) }.map(\.0.name)
}

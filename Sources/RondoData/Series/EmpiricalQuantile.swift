/// The value that a share of ascending numbers lies below: on the line between the two nearest ranks.
///
/// - Parameter sorted: The numbers, one at least.
package func empiricalQuantile<Number: BinaryFloatingPoint>(
  _ probability: Double, ofSorted sorted: [Number]
) -> Double {
  let place = probability * Double(sorted.count - 1)
  let index = min(Int(place), max(0, sorted.count - 2))
  let next = sorted[min(index + 1, sorted.count - 1)]
  return Double(sorted[index] + (next - sorted[index]) * Number(place - Double(index)))
}

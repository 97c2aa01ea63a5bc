import Foundation
import RondoCore
import RondoData

/// Histories of series as a network with exponential smoothing reads them: all steps of a window from its beginning on, and what comes after some
/// of them.
struct SmoothingBatch {
  /// How histories are cut.
  struct Shape: Sendable {
    /// Steps of a season, 1 for none.
    var season: Int
    /// Steps that are read at most.
    var history: Int
    /// The latest values that the network reads at each step.
    var input: Int
    /// Steps that are forecast.
    var horizon: Int
    /// Numbers that belong to a step as a whole.
    var fixed: Int
  }

  /// How a series is turned into numbers of about the size of one, and back: by logarithms if all of its values are positive.
  struct Transform: Sendable {
    private let (isLogarithm, centre, scale): (Bool, Double, Double)

    init(_ values: ArraySlice<Double>) {
      let there = values.filter { !$0.isNaN }
      isLogarithm = there.allSatisfy { $0 > 0 }
      let numbers = isLogarithm ? there.map { PortableMath.log($0) } : there
      let mean = numbers.reduce(0, +) / Double(max(1, numbers.count))
      let variance = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, numbers.count))
      centre = mean
      scale = isLogarithm ? 1 : variance > 0 ? 2 * variance.squareRoot() : max(1, abs(mean))
    }

    func applied(_ value: Double) -> Float {
      Float(((isLogarithm ? value > 0 ? PortableMath.log(value) : centre - 10 : value) - centre) / scale)
    }

    func undone(_ number: Float) -> Double {
      // What is far from anything seen stays a number.
      let value = centre + scale * Double(max(-30, min(30, number)))
      return isLogarithm ? PortableMath.exp(value) : value
    }
  }

  /// The steps of each window before its origin.
  let layout: SequenceLayout
  /// [rows, 2]: the transformed value, zero where it is missing, and 1 where there is one.
  let values: Tensor
  /// The level and the season that smoothing begins with, of each window [windows, 1] and [windows, season].
  let level: Tensor
  let season: Tensor
  /// For each row and each of the latest values its row; 0 where it is missing [rows · input], and 1 where it is there [rows, input].
  let latest: [Int32]
  let isThere: Tensor
  /// What belongs to each row's step as a whole [rows, fixed]; nil if that is nothing.
  let fixed: Tensor?
  /// The rows after which the horizon is forecast.
  let positions: [Int32]
  /// The transformed values after each of them, NaN where none is to be seen [positions, horizon].
  let targets: Tensor
  /// The transform of each window.
  let transforms: [Transform]

  /// - Parameters:
  ///   - ends: For each series where it ends: what is there or later is not seen. Nil if no targets are wanted.
  ///   - draws: For each window how far before its origin, in shares of its steps, positions are; nil for the last step alone.
  init(
    _ input: ForecastInput, ends: [Int]?, _ places: [WindowBatch.Place], _ shape: Shape, draws: [[Float]]?,
    ids: [Int]? = nil
  ) {
    // Windows begin where seasons do, so that what is learned of each step of a season stays with it.
    let ranges = places.map { place -> Range<Int> in
      let (values, phase) = (input.items[place.series].values, input.items[place.series].phase)
      guard let first = values[..<place.origin].firstIndex(where: { !$0.isNaN }) else {
        return place.origin..<place.origin
      }
      let begin = max(first, place.origin - shape.history)
      let ofSeason = (phase + begin) % shape.season
      return begin - (ofSeason < 0 ? ofSeason + shape.season : ofSeason)..<place.origin
    }
    let layout = SequenceLayout(ranges.map(\.count), ids: ids)
    var transforms: [Transform] = []
    var values = [Float](repeating: 0, count: layout.rowCount * 2)
    var (levels, seasons) = ([Float](), [Float]())
    var latest = [Int32](repeating: 0, count: layout.rowCount * shape.input)
    var isThere = [Float](repeating: 0, count: layout.rowCount * shape.input)
    var fixed: [Float] = []
    fixed.reserveCapacity(layout.rowCount * shape.fixed)
    var positions: [Int32] = []
    var targets: [Float] = []
    var features = [[Float]](repeating: [], count: layout.rowCount)
    var placeOf = [Int](repeating: 0, count: places.count)
    for (placed, window) in layout.order.enumerated() { placeOf[window] = placed }
    for window in places.indices {
      let (placed, range) = (placeOf[window], ranges[window])
      let item = input.items[places[window].series]
      let transform = Transform(item.values[max(0, range.lowerBound)..<range.upperBound])
      transforms.append(transform)
      let numbers = range.map {
        $0 < 0 || item.values[$0].isNaN ? Float.nan : transform.applied(item.values[$0])
      }
      let start = Self.start(numbers, season: shape.season)
      levels.append(start.level)
      seasons += start.season
      for time in 0..<range.count {
        let row = layout.row(place: placed, time: time)
        if !numbers[time].isNaN { (values[2 * row], values[2 * row + 1]) = (numbers[time], 1) }
        for back in 0..<min(shape.input, time + 1) where !numbers[time - back].isNaN {
          let column = row * shape.input + shape.input - 1 - back
          latest[column] = Int32(layout.row(place: placed, time: time - back))
          isThere[column] = 1
        }
        if shape.fixed > 0 {
          input.appendFixed(item, step: range.lowerBound + time + 1, to: &features[row])
        }
      }
      guard !range.isEmpty else { continue }
      // What smoothing begins with follows from the first steps: nothing before their end is a forecast.
      let warm = min(Self.startCount(season: shape.season), range.count) - 1
      let later = Float(range.count - warm)
      let times =
        draws.map { draws in draws[window].map { min(range.count - 1, warm + Int($0 * later)) } }
        ?? [range.count - 1]
      let end = min(item.values.count, ends?[places[window].series] ?? .max)
      for time in times {
        positions.append(Int32(layout.row(place: placed, time: time)))
        for ahead in 1...shape.horizon {
          let step = range.lowerBound + time + ahead
          targets.append(
            step < end && !item.values[step].isNaN ? transform.applied(item.values[step]) : .nan)
        }
      }
    }
    for feature in features { fixed += feature }
    (self.layout, self.transforms, self.latest, self.positions) = (layout, transforms, latest, positions)
    self.values = Tensor([layout.rowCount, 2], values)
    level = Tensor([places.count, 1], levels)
    season = Tensor([places.count, shape.season], seasons)
    self.isThere = Tensor([layout.rowCount, shape.input], isThere)
    self.fixed = shape.fixed > 0 ? Tensor([layout.rowCount, shape.fixed], fixed) : nil
    self.targets = Tensor([positions.count, shape.horizon], targets)
  }

  /// The steps whose values smoothing begins with.
  private static func startCount(season: Int) -> Int { season > 1 ? 3 * season : 7 }

  /// The level and the season of the first values: the mean of up to three seasons, and the mean distance of each step to it.
  private static func start(_ values: [Float], season: Int) -> (level: Float, season: [Float]) {
    let few = values.prefix(startCount(season: season))
    func mean(_ values: [Float]) -> Float? {
      let there = values.filter { !$0.isNaN }
      return there.isEmpty ? nil : there.reduce(0, +) / Float(there.count)
    }
    let level = mean(Array(few)) ?? 0
    guard season > 1 else { return (level, [0]) }
    return (
      level,
      (0..<season).map { place in
        mean(stride(from: place, to: few.count, by: season).map { few[$0] }).map { $0 - level } ?? 0
      }
    )
  }
}

import Foundation

/// The standard normal distribution.
package enum NormalDistribution {
  /// The number that a standard normal one stays below with a probability between 0 and 1: the rational approximation of Wichura 1988
  /// (algorithm AS 241 for seven digits, DOI 10.2307/2347330).
  package static func quantile(_ probability: Double) -> Double {
    let q = probability - 0.5
    if abs(q) <= 0.425 {
      let r = 0.180625 - q * q
      return q * (((59.109374720 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)
        / (((67.187563600 * r + 78.757757664) * r + 17.895169469) * r + 1)
    }
    let r = (-log(q < 0 ? probability : 1 - probability)).squareRoot()
    let size: Double
    if r <= 5 {
      let r = r - 1.6
      size =
        (((0.17023821103 * r + 1.3067284816) * r + 2.7568153900) * r + 1.4234372777)
        / ((0.12021132975 * r + 0.73700164250) * r + 1)
    } else {
      let r = r - 5
      size =
        (((0.017337203997 * r + 0.42868294337) * r + 3.0812263860) * r + 6.6579051150)
        / ((0.012258202635 * r + 0.24197894225) * r + 1)
    }
    return q < 0 ? -size : size
  }
}

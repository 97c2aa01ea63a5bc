/// Memory that the caller of a pass owns.
package struct Region<Element> {
  package var base: UnsafeMutablePointer<Element>
  package var stride: Int

  package init(_ base: UnsafeMutablePointer<Element>, stride: Int) {
    self.base = base
    self.stride = stride
  }

  package init(reading base: UnsafePointer<Element>, stride: Int) {
    self.init(UnsafeMutablePointer(mutating: base), stride: stride)
  }
}

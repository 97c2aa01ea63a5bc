/// The states at which a run begins and ends.
extension Runner {
  /// Sets the states before the first step; `values[place * stride ...]` holds the row of the sequence at a sorted place.
  package func setState(_ state: Int, place: Int, _ values: UnsafePointer<Element>) {
    let width = plan.step.states[state].width
    for kind in [Buffer.Kind.initial(state), .carry(state)] {
      if let region = region(kind) {
        (region.base + place * region.stride).update(from: values, count: width)
      }
    }
  }

  package func setState(_ state: Int, place: Int, repeating value: Element) {
    let width = plan.step.states[state].width
    for kind in [Buffer.Kind.initial(state), .carry(state)] {
      if let region = region(kind) {
        (region.base + place * region.stride).update(repeating: value, count: width)
      }
    }
  }

  /// The row of a state from which the next run goes on.
  package func currentState(_ state: Int, place: Int) -> UnsafePointer<Element> {
    let region = (region(.carry(state)) ?? region(.initial(state)))!
    return UnsafePointer(region.base + place * region.stride)
  }

  /// The row of a state after the last step walked.
  package func finalState(_ state: Int, place: Int) -> UnsafePointer<Element> {
    if let carry = region(.carry(state)) { return UnsafePointer(carry.base + place * carry.stride) }
    // A state that no loop carries is a row of what all steps computed at once.
    if let row = walk.lastRow(ofPlace: place) {
      let home = plan.memory.home[plan.step.updates[state]]!
      return UnsafePointer(regions[home.buffer].base + row * regions[home.buffer].stride + home.column)
    }
    let initial = region(.initial(state))!
    return UnsafePointer(initial.base + place * initial.stride)
  }

  /// Makes the final states of the last run the initial states of the next.
  package func carryOver() {
    for buffer in plan.memory.buffers.indices {
      // A state that a loop carries is already where the next run begins.
      guard case .initial(let state) = plan.memory.buffers[buffer].kind else { continue }
      let (initial, shape) = (regions[buffer], plan.step.states[state])
      for place in 0..<placeCount {
        (initial.base + place * initial.stride).update(
          from: finalState(state, place: place), count: shape.width)
      }
    }
  }
}

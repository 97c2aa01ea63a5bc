/// Stops the program, with a message, unless a condition holds that its programmer has to see to.
///
/// `precondition` would drop the message from release builds, where the operation and the shapes are needed most.
@inline(__always)
package func require(
  _ condition: Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
  if !condition { fatalError(message(), file: file, line: line) }
}

import Testing

extension ExitTest.Result {
  /// Whether the process ended with this message, so that a trap for another reason does not pass for the one that is tested.
  ///
  /// The exit test has to observe `\.standardErrorContent`.
  public func says(_ message: String) -> Bool {
    String(decoding: standardErrorContent, as: UTF8.self).contains(message)
  }
}

import RondoNN
import RondoRecurrence
import Testing

/// A plan says what runs once, for all rows and in each step, in the cell's own names.
@Suite struct PlanDescriptionTests {
  @Test func anLSTMsPlanReads() {
    let plan = RecurrencePlans(LSTM(hiddenSize: 4), inputSize: 3).description
    let expected = """
      forward
        once
          fused   %2[16] (1 operation, width 16)
        all rows at once
          product ih[16] = bias_ih + bias_hh + x · weight_ihᵀ
        each step
          product hh[16] = ih + h' · weight_hhᵀ
          fused   o[4] i[4] g[4] f[4] c[4] h[4] (8 operations, width 4)
      backward
        each step
          fused   dhh[16] dc[4] (23 operations, width 16)
          product dh[4] = dhh · weight_hh
        all rows at once
          product dx[3] = dhh · weight_ih
          outer   %39[3] = Σ dhhᵀ · x
          total   %40[16] = Σ dhh
          outer   %42[4] = Σ dhhᵀ · h'
        reads o[4] c[4] g[4] i[4] c'[4] f[4] x[3] h'[4]
      """
    #expect(plan.split(separator: "\n") == expected.split(separator: "\n"))
  }

  @Test func whatIsMadeOfParametersIsSaidToRunOnce() {
    let plan = RecurrencePlans(GatedWeights(hiddenSize: 4), inputSize: 3).training.description
    let lines = plan.split(separator: "\n")
    #expect(lines.first == "  once")
    #expect(lines.contains("  all rows at once") && lines.contains("  each step"))
  }
}

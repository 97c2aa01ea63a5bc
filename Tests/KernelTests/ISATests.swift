import CRondoKernels
import Testing

@Suite struct ISATests {
  @Test func thereIsAlwaysAVariant() {
    #expect(Variant.all.contains { $0.name == "portable" })
    #expect(Variant.all.allSatisfy { String(cString: $0.kernels.name) == $0.name })
    #expect(Variant.all.contains { $0.name == String(cString: rondo_isa_name()) })
  }

  @Test func unknownAndMissingVariantsAreRefused() {
    let before = String(cString: rondo_isa_name())
    #expect(rondo_isa_select("mmx") == -1)
    #expect(rondo_isa_select("") == -1)
    #expect(rondo_variant("mmx") == nil)
    for name in ["avx512", "avx2", "neon"] where !Variant.all.contains(where: { $0.name == name }) {
      #expect(rondo_isa_select(name) == -2)
    }
    #expect(String(cString: rondo_isa_name()) == before)
    // Selecting what is selected already disturbs no other suite.
    #expect(rondo_isa_select(before) == 0)
    #expect(String(cString: rondo_isa_name()) == before)
  }

  @Test func exportedFunctionsGoThroughTheSelectedTable() {
    let selected = rondo_variant(rondo_isa_name())!.pointee
    #expect(rondo_peak_flops_per_iteration() == selected.peak_flops_per_iteration())
    #expect(rondo_packed_size(65, 3) == 80 * 3)
    #expect(rondo_panel_count(65) == 2)
  }

  @Test(arguments: Variant.all)
  func peakLoopRuns(_ variant: Variant) {
    #expect(variant.kernels.peak_run(1000).isFinite)
    #expect(variant.kernels.peak_flops_per_iteration() >= 2 * 12 * 4)
  }
}

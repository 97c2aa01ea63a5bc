// The fastest this instruction set can multiply and add.

static double peak_flops_per_iteration(void) { return 2.0 * RONDO_PEAK_CHAINS * RONDO_NATIVE_LANES; }

static float peak_run(size_t iterations) {
  native chain[RONDO_PEAK_CHAINS], factor = (native)0.999f, summand = (native)1e-3f;
  // A chain whose beginning the compiler knew could be one that stays as it is (1 · 0.999 + 0.001), which it would then leave out.
  const native first = (native)(float)(iterations % 7);
#pragma clang loop unroll(full)
  for (int i = 0; i < RONDO_PEAK_CHAINS; i++) chain[i] = first + (native)(float)i;
  for (size_t k = 0; k < iterations; k++) {
#pragma clang loop unroll(full)
    for (int i = 0; i < RONDO_PEAK_CHAINS; i++) chain[i] = native_multiply_add(chain[i], factor, summand);
  }
#pragma clang loop unroll(full)
  for (int i = 1; i < RONDO_PEAK_CHAINS; i++) chain[0] += chain[i];
  float total = 0;
  for (int i = 0; i < RONDO_NATIVE_LANES; i++) total += chain[0][i];
  return total;
}

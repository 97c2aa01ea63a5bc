// exp, log, logistic sigmoid, hyperbolic tangent and softplus, within 3 units in the last place over all floats, gradual underflow included;
// sin and cos so for |x| ≤ 1000, beyond with an error that grows with |x|.
// This file is included once for each type of vector that they are for: `vector`, `vector_integers` and `vector_unsigneds` are macros then.
// The polynomials are our own weighted minimax fits (Lawson's iteration in extended precision, coefficients rounded to float one by one from
// the lowest, the rest refitted each time); the range reductions are the textbook ones of Cody and Waite.

#define OVERLOADED INLINE __attribute__((overloadable))

// a · b + c in one rounding, where the processor has it.
OVERLOADED vector multiply_add(vector a, vector b, vector c) {
#if defined(RONDO_TWO_ROUNDINGS)
  return a * b + c;
#else
  return __builtin_elementwise_fma(a, b, c);
#endif
}

OVERLOADED vector square_root(vector a) { return __builtin_elementwise_sqrt(a); }
OVERLOADED vector minimum(vector a, vector b) { return a < b ? a : b; }
OVERLOADED vector maximum(vector a, vector b) { return a > b ? a : b; }
OVERLOADED vector absolute(vector a) { return (vector)((vector_unsigneds)a & 0x7fffffffu); }
OVERLOADED vector with_sign_of(vector a, vector sign) {
  return (vector)(((vector_unsigneds)a & 0x7fffffffu) | ((vector_unsigneds)sign & 0x80000000u));
}

// Integers |k| < 2²² as floats k + 1.5 · 2²³, which hold k in their lowest bits: adding the shifter rounds, and no conversion, undefined
// for NaN, is needed.
#define SHIFTER 0x1.8p23f
OVERLOADED vector shifted_integer(vector shifted) { return shifted - SHIFTER; }

#if RONDO_NATIVE_LANES == 16
OVERLOADED vector scaled(vector x, vector k) {
  __m512 values[sizeof(vector) / sizeof(__m512)], powers[sizeof(vector) / sizeof(__m512)];
  __builtin_memcpy(values, &x, sizeof x);
  __builtin_memcpy(powers, &k, sizeof k);
#pragma clang loop unroll(full)
  for (size_t i = 0; i < sizeof(vector) / sizeof(__m512); i++) values[i] = _mm512_scalef_ps(values[i], powers[i]);
  __builtin_memcpy(&x, values, sizeof x);
  return x;
}
#endif

// 2^k for −126 ≤ k ≤ 127, k shifted.
OVERLOADED vector power_of_two(vector shifted) {
#if RONDO_NATIVE_LANES == 16
  return scaled((vector)1.0f, shifted_integer(shifted));
#else
  return (vector)(((vector_unsigneds)shifted << 23) + 0x3f800000u);
#endif
}

// x · 2^k, rounded once, for 1/2 ≤ x < 2 or NaN and |k| ≤ 151, k shifted.
OVERLOADED vector times_power_of_two(vector x, vector shifted) {
#if RONDO_NATIVE_LANES == 16
  return scaled(x, shifted_integer(shifted));
#else
  // Two factors, so that neither overflows and only the second product can round. The shifter's own bits leave on the left.
  vector_integers half = (vector_integers)((vector_unsigneds)shifted - 0x4b400000u) >> 1;
  vector_unsigneds rest = (vector_unsigneds)shifted - (vector_unsigneds)half;
  return x * (vector)(((vector_unsigneds)half << 23) + 0x3f800000u) * (vector)((rest << 23) + 0x3f800000u);
#endif
}

// What exp and tanh share: exp(x − k ln 2) − 1 with k, shifted, the integer nearest to x · log₂ e. |x| < 2²¹ or NaN.
OVERLOADED vector reduced_exponential(vector x, vector *shifted) {
  *shifted = multiply_add(x, (vector)0x1.715476p0f, (vector)SHIFTER);
  vector k = shifted_integer(*shifted);
  // ln 2 as 0.693359375, whose products with k are exact, and the rest.
  vector r = multiply_add(k, (vector)-0x1.63p-1f, x);
  r = multiply_add(k, (vector)0x1.bd0106p-13f, r);
  // (exp(r) − 1 − r) / r² for |r| ≤ 0.3475, relative error of the result 4.4e-10.
  vector p = multiply_add((vector)0x1.a242f6p-13f, r, (vector)0x1.6d3cecp-10f);
  p = multiply_add(p, r, (vector)0x1.111004p-7f);
  p = multiply_add(p, r, (vector)0x1.5554f6p-5f);
  p = multiply_add(p, r, (vector)0x1.555556p-3f);
  p = multiply_add(p, r, (vector)0.5f);
  return multiply_add(r * r, p, r);
}

// −104 ≤ x ≤ 89 or NaN.
OVERLOADED vector exp_between(vector x) {
  vector k, q = reduced_exponential(x, &k);
  return times_power_of_two(1.0f + q, k);
}

OVERLOADED vector exponential(vector x) {
  x = x > 89.0f ? (vector)89.0f : x;
  x = x < -104.0f ? (vector)-104.0f : x;
  return exp_between(x);
}

// exp(−|x|)
OVERLOADED vector exp_of_minus_absolute(vector x) {
  x = -absolute(x);
  return exp_between(x < -104.0f ? (vector)-104.0f : x);
}

// 1 / (1 + exp(−x)) for x ≥ 0, exp(x) / (1 + exp(x)) below, where the first would overflow before the result underflows.
OVERLOADED vector sigmoid(vector x) {
  vector e = exp_of_minus_absolute(x);
  return (x < 0.0f ? e : (vector)1.0f) / (1.0f + e);
}

// ±t / (2 + t) with t = exp(−2|x|) − 1, which keeps its relative accuracy down to the smallest x.
OVERLOADED vector hyperbolic_tangent(vector x) {
  vector y = -2.0f * absolute(x);
  vector k, q = reduced_exponential(y < -40.0f ? (vector)-40.0f : y, &k);
  vector power = power_of_two(k);
  vector t = multiply_add(power, q, power - 1.0f);
  return with_sign_of(t / (2.0f + t), x);
}

// log(1 + f) + k ln 2 for √½ − 1 ≤ f ≤ √2 − 1.
OVERLOADED vector reduced_log(vector f, vector k) {
  // (log(1 + f) − f + f²/2) / f³, relative error of log(1 + f) 6e-9.
  vector p = multiply_add((vector)-0x1.421030p-4f, f, (vector)0x1.07e624p-3f);
  p = multiply_add(p, f, (vector)-0x1.0ce39cp-3f);
  p = multiply_add(p, f, (vector)0x1.226b72p-3f);
  p = multiply_add(p, f, (vector)-0x1.5477fcp-3f);
  p = multiply_add(p, f, (vector)0x1.99a5b4p-3f);
  p = multiply_add(p, f, (vector)-0x1.000222p-2f);
  p = multiply_add(p, f, (vector)0x1.55554ap-2f);
  vector square = f * f;
  vector rest = multiply_add(square * f, p, k * -0x1.bd0106p-13f);
  rest = multiply_add((vector)-0.5f, square, rest);
  return multiply_add(k, (vector)0x1.63p-1f, f + rest);
}

OVERLOADED vector logarithm(vector x) {
  vector_integers subnormal = x < 0x1p-126f;
  vector scaled = subnormal ? x * 0x1p23f : x;
  // The exponent that leaves a fraction between √½ and √2.
  vector_integers exponent = (vector_integers)((vector_unsigneds)scaled - 0x3f3504f3u) >> 23;
  vector fraction = (vector)((vector_unsigneds)scaled - ((vector_unsigneds)exponent << 23));
  exponent = subnormal ? exponent - 23 : exponent;
  vector y = reduced_log(fraction - 1.0f, __builtin_convertvector(exponent, vector));
  y = x < __builtin_inff() ? y : x;
  return x > 0.0f ? y : (x == 0.0f ? (vector)-__builtin_inff() : (vector)__builtin_nanf(""));
}

// log(1 + exp(x)) = max(x, 0) + log(1 + exp(−|x|)), the logarithm taken without forming 1 + exp.
OVERLOADED vector softplus(vector x) {
  vector e = exp_of_minus_absolute(x);
  vector_integers large = e > 0x1.a82799p-2f;
  vector y = reduced_log(large ? 0.5f * (e - 1.0f) : e, large ? (vector)1.0f : (vector)0.0f);
  return (x > 0.0f ? x : (vector)0.0f) + y;
}

// What sin and cos share: x − n π/2 with the nearest n, of which the lowest two bits say which function of it is meant. |x| is cut at 2²⁰,
// where a float no longer says which part of the circle it is in.
OVERLOADED vector reduced_angle(vector x, vector_unsigneds *quarter) {
  x = x > 0x1p20f ? (vector)0x1p20f : x;
  x = x < -0x1p20f ? (vector)-0x1p20f : x;
  vector shifted = multiply_add(x, (vector)0x1.45f306p-1f, (vector)SHIFTER), n = shifted_integer(shifted);
  // π/2 in four parts; the products of n with the first three are exact for |x| ≤ 12,000.
  vector r = multiply_add(n, (vector)-0x1.92p0f, x);
  r = multiply_add(n, (vector)-0x1.fb4p-12f, r);
  r = multiply_add(n, (vector)-0x1.444p-24f, r);
  r = multiply_add(n, (vector)-0x1.68c234p-39f, r);
  *quarter = (vector_unsigneds)shifted;
  return r;
}

// sin(r) or, where the lowest bit of the quarter is set, cos(r), with the sign of the quarter; |r| ≤ 0.8.
OVERLOADED vector sine_of_angle(vector r, vector_unsigneds quarter) {
  vector s = r * r;
  // (sin(r) / r − 1) / r², relative error of sin 1.7e-10.
  vector p = multiply_add((vector)0x1.7a86b2p-19f, s, (vector)-0x1.a053f2p-13f);
  p = multiply_add(p, s, (vector)0x1.11117p-7f);
  p = multiply_add(p, s, (vector)-0x1.555556p-3f);
  vector sine = multiply_add(p * s, r, r);
  // (cos(r) − 1 + r²/2) / r⁴, relative error of cos 7.8e-12.
  p = multiply_add((vector)-0x1.33b0a4p-22f, s, (vector)0x1.a068c8p-16f);
  p = multiply_add(p, s, (vector)-0x1.6c1756p-10f);
  p = multiply_add(p, s, (vector)0x1.555556p-5f);
  vector cosine = multiply_add(p * s, s, multiply_add((vector)-0.5f, s, (vector)1.0f));
  vector y = (quarter & 1) != 0 ? cosine : sine;
  return (vector)((vector_unsigneds)y ^ ((quarter & 2) << 30));
}

OVERLOADED vector sine(vector x) {
  vector_unsigneds quarter;
  vector r = reduced_angle(x, &quarter);
  // The smallest keep their sign and value.
  return sine_of_angle(r, quarter);
}

OVERLOADED vector cosine(vector x) {
  vector_unsigneds quarter;
  vector r = reduced_angle(x, &quarter);
  return sine_of_angle(r, quarter + 1);
}

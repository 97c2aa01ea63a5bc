// exp, log, logistic sigmoid, hyperbolic tangent and softplus, within 3 units in the last place over all floats, gradual underflow included;
// sin and cos so for |x| ≤ 1000, beyond with an error that grows with |x|.
// The polynomials are our own weighted minimax fits (Lawson's iteration in extended precision, coefficients rounded to float one by one from
// the lowest, the rest refitted each time); the range reductions are the textbook ones of Cody and Waite.

// What exp and tanh share: k, the integer nearest to x · log₂ e, and q = exp(x − k ln 2) − 1. |x| < 2²¹ or NaN.
typedef struct {
  lanes q;
  shifted_integers k;
} exponential;

INLINE exponential reduced_exponential(lanes x) {
  shifted_integers k = {multiply_add(x, splat(0x1.715476p0f), splat(SHIFTER))};
  // ln 2 as 0.693359375, whose products with k are exact, and the rest.
  lanes r = multiply_add(value_of(k), splat(-0x1.63p-1f), x);
  r = multiply_add(value_of(k), splat(0x1.bd0106p-13f), r);
  // (exp(r) − 1 − r) / r² for |r| ≤ 0.3475, relative error of q 4.4e-10.
  lanes p = multiply_add(splat(0x1.a242f6p-13f), r, splat(0x1.6d3cecp-10f));
  p = multiply_add(p, r, splat(0x1.111004p-7f));
  p = multiply_add(p, r, splat(0x1.5554f6p-5f));
  p = multiply_add(p, r, splat(0x1.555556p-3f));
  p = multiply_add(p, r, splat(0.5f));
  return (exponential){multiply_add(r * r, p, r), k};
}

// −104 ≤ x ≤ 89 or NaN.
INLINE lanes exp_between(lanes x) {
  exponential e = reduced_exponential(x);
  return times_power_of_two(1.0f + e.q, e.k);
}

INLINE lanes exp_lanes(lanes x) {
  x = x > 89.0f ? splat(89.0f) : x;
  x = x < -104.0f ? splat(-104.0f) : x;
  return exp_between(x);
}

// exp(−|x|)
INLINE lanes exp_of_minus_absolute(lanes x) {
  x = -absolute(x);
  return exp_between(x < -104.0f ? splat(-104.0f) : x);
}

// 1 / (1 + exp(−x)) for x ≥ 0, exp(x) / (1 + exp(x)) below, where the first would overflow before the result underflows.
INLINE lanes sigmoid_lanes(lanes x) {
  lanes e = exp_of_minus_absolute(x);
  return (x < 0.0f ? e : splat(1.0f)) / (1.0f + e);
}

// ±t / (2 + t) with t = exp(−2|x|) − 1, which keeps its relative accuracy down to the smallest x.
INLINE lanes tanh_lanes(lanes x) {
  lanes y = -2.0f * absolute(x);
  exponential e = reduced_exponential(y < -40.0f ? splat(-40.0f) : y);
  lanes power = power_of_two(e.k);
  lanes t = multiply_add(power, e.q, power - 1.0f);
  return with_sign_of(t / (2.0f + t), x);
}

// log(1 + f) + k ln 2 for √½ − 1 ≤ f ≤ √2 − 1.
INLINE lanes reduced_log(lanes f, lanes k) {
  // (log(1 + f) − f + f²/2) / f³, relative error of log(1 + f) 6e-9.
  lanes p = multiply_add(splat(-0x1.421030p-4f), f, splat(0x1.07e624p-3f));
  p = multiply_add(p, f, splat(-0x1.0ce39cp-3f));
  p = multiply_add(p, f, splat(0x1.226b72p-3f));
  p = multiply_add(p, f, splat(-0x1.5477fcp-3f));
  p = multiply_add(p, f, splat(0x1.99a5b4p-3f));
  p = multiply_add(p, f, splat(-0x1.000222p-2f));
  p = multiply_add(p, f, splat(0x1.55554ap-2f));
  lanes square = f * f;
  lanes rest = multiply_add(square * f, p, k * -0x1.bd0106p-13f);
  rest = multiply_add(splat(-0.5f), square, rest);
  return multiply_add(k, splat(0x1.63p-1f), f + rest);
}

INLINE lanes log_lanes(lanes x) {
  integers subnormal = x < 0x1p-126f;
  lanes scaled = subnormal ? x * 0x1p23f : x;
  // The exponent that leaves a fraction between √½ and √2.
  integers exponent = (integers)((unsigneds)scaled - 0x3f3504f3u) >> 23;
  lanes fraction = (lanes)((unsigneds)scaled - ((unsigneds)exponent << 23));
  exponent = subnormal ? exponent - 23 : exponent;
  lanes y = reduced_log(fraction - 1.0f, __builtin_convertvector(exponent, lanes));
  y = x < __builtin_inff() ? y : x;
  return x > 0.0f ? y : (x == 0.0f ? splat(-__builtin_inff()) : splat(__builtin_nanf("")));
}

// log(1 + exp(x)) = max(x, 0) + log(1 + exp(−|x|)), the logarithm taken without forming 1 + exp.
INLINE lanes softplus_lanes(lanes x) {
  lanes e = exp_of_minus_absolute(x);
  integers large = e > 0x1.a82799p-2f;
  lanes y = reduced_log(large ? 0.5f * (e - 1.0f) : e, large ? splat(1.0f) : splat(0.0f));
  return (x > 0.0f ? x : splat(0.0f)) + y;
}

// What sin and cos share: x − n π/2 with the nearest n, of which the lowest two bits say which function of it is meant. |x| is cut at 2²⁰,
// where a float no longer says which part of the circle it is in.
typedef struct {
  lanes r;
  unsigneds quarter;
} reduced_angle;

INLINE reduced_angle reduce_angle(lanes x) {
  x = x > 0x1p20f ? splat(0x1p20f) : x;
  x = x < -0x1p20f ? splat(-0x1p20f) : x;
  shifted_integers n = {multiply_add(x, splat(0x1.45f306p-1f), splat(SHIFTER))};
  // π/2 in four parts; the products of n with the first three are exact for |x| ≤ 12,000.
  lanes r = multiply_add(value_of(n), splat(-0x1.92p0f), x);
  r = multiply_add(value_of(n), splat(-0x1.fb4p-12f), r);
  r = multiply_add(value_of(n), splat(-0x1.444p-24f), r);
  r = multiply_add(value_of(n), splat(-0x1.68c234p-39f), r);
  return (reduced_angle){r, (unsigneds)n.shifted};
}

// sin(r) or, where the lowest bit of the quarter is set, cos(r), with the sign of the quarter; |r| ≤ 0.8.
INLINE lanes sine_of_angle(lanes r, unsigneds quarter) {
  lanes s = r * r;
  // (sin(r) / r − 1) / r², relative error of sin 1.7e-10.
  lanes p = multiply_add(splat(0x1.7a86b2p-19f), s, splat(-0x1.a053f2p-13f));
  p = multiply_add(p, s, splat(0x1.11117p-7f));
  p = multiply_add(p, s, splat(-0x1.555556p-3f));
  lanes sine = multiply_add(p * s, r, r);
  // (cos(r) − 1 + r²/2) / r⁴, relative error of cos 7.8e-12.
  p = multiply_add(splat(-0x1.33b0a4p-22f), s, splat(0x1.a068c8p-16f));
  p = multiply_add(p, s, splat(-0x1.6c1756p-10f));
  p = multiply_add(p, s, splat(0x1.555556p-5f));
  lanes cosine = multiply_add(p * s, s, multiply_add(splat(-0.5f), s, splat(1.0f)));
  lanes y = (quarter & 1) != 0 ? cosine : sine;
  return (lanes)((unsigneds)y ^ ((quarter & 2) << 30));
}

INLINE lanes sin_lanes(lanes x) {
  reduced_angle a = reduce_angle(x);
  // The smallest keep their sign and value.
  return sine_of_angle(a.r, a.quarter);
}

INLINE lanes cos_lanes(lanes x) {
  reduced_angle a = reduce_angle(x);
  return sine_of_angle(a.r, a.quarter + 1);
}

// Updates of weights. Every element is independent.

static void sgd(size_t n, float *w, const float *g, float *velocity, float rate, float momentum, int nesterov, float weight_decay) {
  for (size_t i = 0; i < n; i += 16) {
    size_t count = smaller(16, n - i);
    int all = count == 16;
    lanes weight = all ? load(w + i) : load_first(w + i, count);
    lanes step = multiply_add(splat(weight_decay), weight, all ? load(g + i) : load_first(g + i, count));
    if (velocity != NULL) {
      lanes v = multiply_add(splat(momentum), all ? load(velocity + i) : load_first(velocity + i, count), step);
      if (all)
        store(velocity + i, v);
      else
        store_first(velocity + i, count, v);
      step = nesterov ? multiply_add(splat(momentum), v, step) : v;
    }
    weight = multiply_add(splat(-rate), step, weight);
    if (all)
      store(w + i, weight);
    else
      store_first(w + i, count, weight);
  }
}

static void adam(size_t n, float *w, const float *g, float *m, float *v, float rate, float beta1, float beta2, float epsilon, float c1,
                 float c2, float weight_decay, int decoupled) {
  const lanes keep = splat(decoupled ? 1.0f - rate * weight_decay : 1.0f), decay = splat(decoupled ? 0.0f : weight_decay);
  for (size_t i = 0; i < n; i += 16) {
    size_t count = smaller(16, n - i);
    int all = count == 16;
    lanes weight = keep * (all ? load(w + i) : load_first(w + i, count));
    lanes gradient = multiply_add(decay, weight, all ? load(g + i) : load_first(g + i, count));
    lanes first = multiply_add(splat(beta1), all ? load(m + i) : load_first(m + i, count), (1.0f - beta1) * gradient);
    lanes second = multiply_add(splat(beta2), all ? load(v + i) : load_first(v + i, count), (1.0f - beta2) * gradient * gradient);
    weight = multiply_add(splat(-rate), c1 * first / (square_root(c2 * second) + epsilon), weight);
    if (all) {
      store(m + i, first);
      store(v + i, second);
      store(w + i, weight);
    } else {
      store_first(m + i, count, first);
      store_first(v + i, count, second);
      store_first(w + i, count, weight);
    }
  }
}

static void rmsprop(size_t n, float *w, const float *g, float *square, float *velocity, float rate, float beta, float momentum,
                    float epsilon, float weight_decay) {
  for (size_t i = 0; i < n; i += 16) {
    size_t count = smaller(16, n - i);
    int all = count == 16;
    lanes weight = all ? load(w + i) : load_first(w + i, count);
    lanes gradient = multiply_add(splat(weight_decay), weight, all ? load(g + i) : load_first(g + i, count));
    lanes second =
        multiply_add(splat(beta), all ? load(square + i) : load_first(square + i, count), (1.0f - beta) * gradient * gradient);
    lanes step = gradient / (square_root(second) + epsilon);
    if (all)
      store(square + i, second);
    else
      store_first(square + i, count, second);
    if (velocity != NULL) {
      step = multiply_add(splat(momentum), all ? load(velocity + i) : load_first(velocity + i, count), step);
      if (all)
        store(velocity + i, step);
      else
        store_first(velocity + i, count, step);
    }
    weight = multiply_add(splat(-rate), step, weight);
    if (all)
      store(w + i, weight);
    else
      store_first(w + i, count, weight);
  }
}

static void average(size_t n, float *mean, const float *w, float share) {
  for (size_t i = 0; i < n; i += 16) {
    size_t count = smaller(16, n - i);
    int all = count == 16;
    lanes before = all ? load(mean + i) : load_first(mean + i, count);
    lanes after = multiply_add(splat(share), (all ? load(w + i) : load_first(w + i, count)) - before, before);
    if (all)
      store(mean + i, after);
    else
      store_first(mean + i, count, after);
  }
}

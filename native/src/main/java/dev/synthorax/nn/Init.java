package dev.synthorax.nn;

/** How a parameter is filled before training; interpreters that only read weights ignore it. */
public sealed interface Init {

  /**
   * Uniform in {@code [-bound, bound)}.
   *
   * @param bound half the width of the interval, positive and finite
   */
  record Uniform(double bound) implements Init {
    /** Checks the bound. */
    public Uniform {
      requirePositive("bound", bound);
    }
  }

  /**
   * Normal with mean 0.
   *
   * @param standardDeviation positive and finite
   */
  record Normal(double standardDeviation) implements Init {
    /** Checks the standard deviation. */
    public Normal {
      requirePositive("standardDeviation", standardDeviation);
    }
  }

  /**
   * The same value everywhere.
   *
   * @param value any finite number
   */
  record Constant(double value) implements Init {
    /** Checks the value. */
    public Constant {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("value: " + value + " (expected: a finite number)");
      }
    }
  }

  /** All zeros: zero convolutions, biases and shifts of normalisation layers. */
  Init ZEROS = new Constant(0);

  /** All ones: scales of normalisation layers. */
  Init ONES = new Constant(1);

  /**
   * PyTorch's default for weights and biases of convolutions and linear layers: uniform with bound
   * {@code 1 / sqrt(fanIn)}, which is Kaiming uniform with {@code a = sqrt(5)}.
   *
   * @param fanIn inputs that feed one output, at least 1
   * @see <a href="https://arxiv.org/abs/1502.01852">He et al. 2015</a>
   */
  static Init fanIn(long fanIn) {
    if (fanIn < 1) {
      throw new IllegalArgumentException("fanIn: " + fanIn + " (expected: at least 1)");
    }
    return new Uniform(1 / Math.sqrt((double) fanIn));
  }

  private static void requirePositive(String name, double value) {
    if (!(value > 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: positive and finite)");
    }
  }
}

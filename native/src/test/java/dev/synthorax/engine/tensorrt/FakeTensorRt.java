package dev.synthorax.engine.tensorrt;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A library that compiles nothing: its plans name their orders, its engines do not run. */
class FakeTensorRt implements TensorRt {
  static final byte[] TIMINGS = {7, 8, 9};

  final List<Order> orders = new ArrayList<>();
  final List<String> loaded = new ArrayList<>();

  /** Plans and engines that nobody closed. */
  final AtomicInteger open = new AtomicInteger();

  int refusals;
  @Nullable InferenceException failure;

  @Override
  public String version() {
    return "10.15.1.29";
  }

  @Override
  @MustBeClosed
  public Compiled compile(Order order) {
    orders.add(order);
    if (failure != null) {
      throw failure;
    }
    return compiled("plan " + orders.size());
  }

  @MustBeClosed
  final Compiled compiled(String content) {
    open.incrementAndGet();
    var plan = MemorySegment.ofArray(content.getBytes(UTF_8));
    return new Compiled() {
      @Override
      public MemorySegment plan() {
        return plan;
      }

      @Override
      public byte[] timings() {
        return TIMINGS;
      }

      @Override
      public void close() {
        open.decrementAndGet();
      }
    };
  }

  @Override
  @MustBeClosed
  public Engine load(String name, Device device, MemorySegment plan) throws PlanRefusedException {
    if (refusals > 0) {
      refusals--;
      throw new PlanRefusedException("another version");
    }
    loaded.add(new String(plan.toArray(ValueLayout.JAVA_BYTE), UTF_8));
    open.incrementAndGet();
    return new Engine() {
      @Override
      public boolean decidesShapes(String tensor) {
        return false;
      }

      @Override
      @MustBeClosed
      public EngineContext openContext(int profile, List<TensorSpec> inputs, long stream) {
        return openEngineContext(profile, inputs);
      }

      @Override
      public void close() {
        open.decrementAndGet();
      }
    };
  }

  @MustBeClosed
  EngineContext openEngineContext(int profile, List<TensorSpec> inputs) {
    throw new UnsupportedOperationException("profile " + profile + " of " + inputs);
  }

  @Override
  public void close() {}
}

package dev.synthorax.engine;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.cuda.CudaDriver;
import dev.synthorax.engine.cuda.DriverBackend;
import org.junit.jupiter.api.Tag;

/** Streams, fences and memory of a real device keep the contract. */
@Tag("gpu")
final class GpuStreamIT extends StreamContract {

  @Override
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // closed by the backend
  protected Backend open() {
    return new DriverBackend(CudaDriver.open());
  }
}

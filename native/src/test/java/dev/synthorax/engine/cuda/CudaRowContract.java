package dev.synthorax.engine.cuda;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.RowOperations;
import dev.synthorax.engine.RowOperationsContract;

/** What the kernels promise, on whatever the driver drives. */
abstract class CudaRowContract extends RowOperationsContract {
  @Override
  @MustBeClosed
  @SuppressWarnings("MustBeClosedChecker") // the backend closes its driver
  protected final Backend open() {
    return new DriverBackend(CudaDriver.open());
  }

  @Override
  @MustBeClosed
  protected final RowOperations openRows(Backend backend, Device device) {
    return backend.openRowOperations(device);
  }

  @Override
  protected final int normalUlps() {
    return 8; // 3 with the C library of a processor; a device may be one more off in each function
  }
}

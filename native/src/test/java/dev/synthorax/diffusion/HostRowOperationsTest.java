package dev.synthorax.diffusion;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.Device;
import dev.synthorax.engine.HostBackend;
import dev.synthorax.engine.RowOperations;
import dev.synthorax.engine.RowOperationsContract;

final class HostRowOperationsTest extends RowOperationsContract {
  @Override
  @MustBeClosed
  protected Backend open() {
    return new HostBackend();
  }

  @Override
  @MustBeClosed
  protected RowOperations openRows(Backend backend, Device device) {
    return HostRowOperations.open(device);
  }

  @Override
  protected int normalUlps() {
    return 0;
  }
}

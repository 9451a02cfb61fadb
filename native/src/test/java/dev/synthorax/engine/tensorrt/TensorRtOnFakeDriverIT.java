package dev.synthorax.engine.tensorrt;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.DataType;
import dev.synthorax.engine.cuda.CudaDriver;
import dev.synthorax.engine.cuda.FakeDriver;
import dev.synthorax.engine.cuda.FakeDriverExtension;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;

/** All of this package but the library, on a fake driver. */
@Tag("fake-gpu")
@ExtendWith(FakeDriverExtension.class)
final class TensorRtOnFakeDriverIT extends TensorRtContract {

  @Override
  @MustBeClosed
  @SuppressWarnings("MustBeClosed") // the backend adopts the driver
  protected Backend open() {
    return new TensorRtBackend(
        CudaDriver.open(), new RunningTensorRt(FakeDriver.load()), BuilderSettings.DEFAULT);
  }

  @Override
  Set<DataType> types() {
    return StaticGraph.TYPES;
  }

  /** Not here: the stand-in for the library computes on the heap. */
  @Override
  protected void enqueue_manyTimes_allocatesNothingOnTheHeap() {}
}

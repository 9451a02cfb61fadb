package dev.synthorax.engine;

import com.google.errorprone.annotations.MustBeClosed;
import java.nio.file.Path;
import java.util.List;

/**
 * A library that runs graphs on a kind of device.
 *
 * <p><b>Ownership:</b> owns its native environment; plans are closed before it.
 *
 * <p><b>Threading:</b> any thread may call any method; {@link #close()} once, when no other call is
 * under way.
 */
public interface Backend extends AutoCloseable {
  /** Short name as in configuration and reports, such as {@code onnxruntime}. */
  String name();

  /** Version of the library, such as {@code 1.24.1}. */
  String version();

  /** Devices it can use, the default first; never empty. */
  List<Device> devices();

  /**
   * Loads one ONNX graph, external weights beside it.
   *
   * @param onnxFile graph whose inputs and outputs are dynamic in the first dim only
   * @return the caller closes it
   * @throws InferenceException {@code MODEL_FAILED} if the file is missing, broken or holds what
   *     the backend cannot run
   */
  @MustBeClosed
  Plan openPlan(Path onnxFile, PlanOptions options);

  @Override
  void close();
}

package dev.synthorax.engine;

import com.google.errorprone.annotations.MustBeClosed;

/**
 * Opens one backend. A backend's package has one public class, its provider, named in {@code
 * META-INF/services}, so that a backend that cannot load here costs nothing until it is asked for.
 *
 * <p><b>Threading:</b> stateless; any thread.
 */
public interface BackendProvider {

  /** The backend's name, such as {@code onnxruntime-cpu}. */
  String name();

  /** Rank under {@code auto}: the highest that opens is taken. */
  int preference();

  /**
   * Loads the native libraries and opens the backend.
   *
   * @return the caller closes it
   * @throws InferenceException {@code UNSUPPORTED} with one sentence if a library or a device is
   *     missing
   */
  @MustBeClosed
  Backend open();
}

package dev.synthorax.engine.cuda;

import com.google.errorprone.annotations.MustBeClosed;
import dev.synthorax.engine.Backend;
import dev.synthorax.engine.BackendProvider;

/** Opens the {@link StandInBackend} by its name; {@code auto} never takes it. */
public final class StandInProvider implements BackendProvider {

  /** For {@link java.util.ServiceLoader}. */
  public StandInProvider() {}

  @Override
  public String name() {
    return StandInBackend.NAME;
  }

  @Override
  public int preference() {
    return Integer.MIN_VALUE;
  }

  @Override
  @MustBeClosed
  public Backend open() {
    return StandInBackend.open();
  }
}

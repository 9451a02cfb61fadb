package dev.synthorax.engine;

import com.google.errorprone.annotations.MustBeClosed;

/** The contract where nothing is host memory and nothing runs before it is waited for. */
class LazyBackendTest extends BackendContract {

  @Override
  @MustBeClosed
  protected Backend open() {
    return new LazyBackend();
  }

  /** Not promised: a toy may allocate. */
  @Override
  protected void enqueue_manyTimes_allocatesNothingOnTheHeap() {}
}

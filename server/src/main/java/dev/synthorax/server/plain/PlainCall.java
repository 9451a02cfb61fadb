package dev.synthorax.server.plain;

/**
 * A request that was handed over.
 *
 * <p><b>Threading:</b> any thread; nothing blocks.
 */
public interface PlainCall {
  /**
   * Gives it up: where it waits, its place is free and its listener told ({@code CANCELLED}) before
   * this returns; where it runs, its listener is told so when the run has ended. Nothing happens to
   * one that has ended.
   */
  void cancel();
}

package dev.synthorax.server.repository;

/** What became of a model. */
public enum ModelState {
  /** Waiting to be loaded, or being loaded. */
  LOADING,
  /** Takes requests. */
  READY,
  /** Did not load. */
  FAILED,
  /** Was closed with the repository. */
  UNLOADED
}

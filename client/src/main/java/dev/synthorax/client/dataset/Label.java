package dev.synthorax.client.dataset;

/**
 * What a dataset says of one finding in one image. A finding that an image has no label for was not
 * mentioned, which is not the same as {@link #NEGATIVE}.
 */
public enum Label {
  /** The finding is there. */
  POSITIVE,
  /** The finding was looked for and is not there. */
  NEGATIVE,
  /** The reader could not tell, or the report hedges ({@code -1} in CheXpert). */
  UNCERTAIN
}

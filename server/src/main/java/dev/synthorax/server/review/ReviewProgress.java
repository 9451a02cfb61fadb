package dev.synthorax.server.review;

/**
 * How far a reader is.
 *
 * @param rated items that the reader has rated
 * @param left items that are still meant for the reader
 */
public record ReviewProgress(int rated, int left) {}

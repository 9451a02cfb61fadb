package dev.synthorax.server.review;

/**
 * What a set of items is.
 *
 * @param name of the set
 * @param instructions for readers; may be empty
 * @param items that belong to it
 * @param readersPerItem that rate each item; 0: every reader
 * @param orderSeed decides each reader's order
 */
public record ReviewSet(
    String name, String instructions, int items, int readersPerItem, long orderSeed) {}

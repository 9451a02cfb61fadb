package dev.synthorax.client.image.codec;

/**
 * The samples of a decoded image.
 *
 * @param width pixels in a row
 * @param height rows
 * @param components samples a pixel
 * @param precision bits a sample, 1..16
 * @param values unsigned, row by row, the components of a pixel beside each other; two's complement
 *     of {@code precision} bits where the coding has signed samples. Owned by whoever holds this
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
public record Samples(int width, int height, int components, int precision, char[] values) {}

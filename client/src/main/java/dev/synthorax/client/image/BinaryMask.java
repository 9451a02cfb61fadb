package dev.synthorax.client.image;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A binary mask, row by row from the top left; true inside.
 *
 * <p>Owns its cells: they are copied on the way in and out, so a mask never changes.
 */
public final class BinaryMask {
  private final int width;
  private final int height;
  private final byte[] cells;

  private BinaryMask(int width, int height, byte[] cells) {
    this.width = width;
    this.height = height;
    this.cells = cells;
  }

  /**
   * Copies {@code cells} into a mask.
   *
   * @param width cells in a row, at least 1
   * @param height rows, at least 1
   * @param cells {@code width * height} bytes, each 0 (outside) or 1 (inside)
   * @throws IllegalArgumentException if the length does not fit or a cell is neither 0 nor 1
   */
  public static BinaryMask of(int width, int height, byte[] cells) {
    requireNonNull(cells, "cells");
    GrayImage.requireLength(width, height, cells.length);
    for (byte cell : cells) {
      if (cell != 0 && cell != 1) {
        throw new IllegalArgumentException(
            "mask: cell value " + (cell & 0xFF) + " (expected: 0 or 1)");
      }
    }
    return new BinaryMask(width, height, cells.clone());
  }

  /**
   * Returns a mask without any cell inside.
   *
   * @param width cells in a row, at least 1
   * @param height rows, at least 1
   */
  public static BinaryMask empty(int width, int height) {
    GrayImage.requireLength(width, height, width * height);
    return new BinaryMask(width, height, new byte[width * height]);
  }

  /** Returns the mask of a resampled one: true where {@code image} is at least 128. */
  private static BinaryMask ofResampled(GrayImage image) {
    byte[] cells = image.toBytes();
    for (int i = 0; i < cells.length; i++) {
      cells[i] = (byte) ((cells[i] & 0xFF) >>> 7);
    }
    return new BinaryMask(image.width(), image.height(), cells);
  }

  /** Returns the cells in a row. */
  public int width() {
    return width;
  }

  /** Returns the number of rows. */
  public int height() {
    return height;
  }

  /** Returns whether column {@code x} of row {@code y} is inside. */
  public boolean at(int x, int y) {
    return cells[y * width + x] != 0;
  }

  /** Returns the number of cells inside. */
  public int area() {
    int area = 0;
    for (byte cell : cells) {
      area += cell;
    }
    return area;
  }

  /** Returns a copy of the cells, {@code width * height} bytes, each 0 or 1. */
  public byte[] toBytes() {
    return cells.clone();
  }

  /**
   * Returns the cells that are inside this mask, {@code other} or both.
   *
   * @throws IllegalArgumentException if the sizes differ
   */
  public BinaryMask or(BinaryMask other) {
    if (width != other.width || height != other.height) {
      throw new IllegalArgumentException("mask: " + other + " (expected: " + this + ")");
    }
    byte[] both = cells.clone();
    for (int i = 0; i < both.length; i++) {
      both[i] |= other.cells[i];
    }
    return new BinaryMask(width, height, both);
  }

  /** Returns the mask as an image, 255 inside and 0 outside. */
  public GrayImage toImage() {
    byte[] pixels = new byte[cells.length];
    for (int i = 0; i < cells.length; i++) {
      pixels[i] = (byte) -cells[i];
    }
    return GrayImage.of(width, height, pixels);
  }

  /** Returns the mask at another size: inside where at least half of the resampled image is. */
  public BinaryMask resize(int newWidth, int newHeight) {
    return ofResampled(toImage().resize(newWidth, newHeight));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof BinaryMask that
        && width == that.width
        && height == that.height
        && Arrays.equals(cells, that.cells);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * width + height) + Arrays.hashCode(cells);
  }

  @Override
  public String toString() {
    return "BinaryMask[" + width + " x " + height + "]";
  }
}

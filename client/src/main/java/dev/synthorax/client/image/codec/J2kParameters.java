package dev.synthorax.client.image.codec;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What main or tile header say of coding; those of a tile start as a copy of the main ones. */
final class J2kParameters {
  private static final int COD = 0xFF52;
  private static final int COC = 0xFF53;
  private static final int QCD = 0xFF5C;
  private static final int QCC = 0xFF5D;

  private final @Nullable J2kCoding[] codings;
  private final @Nullable J2kQuantization[] quantizations;
  private final boolean[] ownCoding;
  private final boolean[] ownQuantization;
  private int progression;
  private int layers;
  private boolean multiple;

  J2kParameters(int components) {
    codings = new J2kCoding[components];
    quantizations = new J2kQuantization[components];
    ownCoding = new boolean[components];
    ownQuantization = new boolean[components];
  }

  J2kParameters copy() {
    J2kParameters copy = new J2kParameters(codings.length);
    System.arraycopy(codings, 0, copy.codings, 0, codings.length);
    System.arraycopy(quantizations, 0, copy.quantizations, 0, codings.length);
    copy.progression = progression;
    copy.layers = layers;
    copy.multiple = multiple;
    return copy;
  }

  /** Reads a segment, and returns whether it was one of coding or quantization. */
  boolean read(int marker, CodedBytes segment) throws IOException {
    switch (marker) {
      case COD -> readDefault(segment);
      case COC -> {
        int component = component(segment);
        boolean precincts = (segment.unsigned8() & 1) != 0;
        codings[component] = J2kCoding.read(segment, precincts);
        ownCoding[component] = true;
      }
      case QCD -> {
        J2kQuantization quantization = J2kQuantization.read(segment);
        for (int c = 0; c < quantizations.length; c++) {
          if (!ownQuantization[c]) {
            quantizations[c] = quantization;
          }
        }
      }
      case QCC -> {
        int component = component(segment);
        quantizations[component] = J2kQuantization.read(segment);
        ownQuantization[component] = true;
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  private void readDefault(CodedBytes segment) throws IOException {
    boolean precincts = (segment.unsigned8() & 1) != 0;
    progression = segment.unsigned8();
    layers = segment.unsigned16();
    int transform = segment.unsigned8();
    if (progression > 4 || layers == 0 || transform > 1) {
      throw segment.damaged(
          "progression " + progression + ", " + layers + " layers, transform " + transform,
          "0 to 4, at least 1, 0 or 1");
    }
    multiple = transform == 1;
    J2kCoding coding = J2kCoding.read(segment, precincts);
    for (int c = 0; c < codings.length; c++) {
      if (!ownCoding[c]) {
        codings[c] = coding;
      }
    }
  }

  private int component(CodedBytes segment) throws IOException {
    int component = segment.unsigned8();
    if (component >= codings.length) {
      throw segment.damaged("component " + component, "less than " + codings.length);
    }
    return component;
  }

  /** Refuses what is missing or does not fit together. */
  void check(CodedBytes input) throws IOException {
    boolean complete = !Arrays.asList(codings).contains(null);
    for (int c = 0; complete && c < codings.length; c++) {
      J2kQuantization quantization = quantizations[c];
      complete =
          quantization != null
              && quantization.covers(coding(c).levels())
              && (quantization.style() == 0) == coding(c).reversible();
      if (complete) {
        checkPlanes(input, c);
      }
    }
    if (!complete) {
      throw input.damaged("coding or step sizes missing", "both for every component");
    }
    if (isMultiple() && coding(0).reversible() != coding(2).reversible()) {
      throw input.damaged("a colour transform of unlike components", "alike ones");
    }
  }

  private void checkPlanes(CodedBytes input, int component) throws IOException {
    for (int band = 0; band <= 3 * coding(component).levels(); band++) {
      int planes = quantization(component).bitPlanes(band);
      if (planes < 0 || planes > J2kBlockDecoder.MAX_PLANES) {
        throw input.unsupported(planes + " bit planes", "0 to " + J2kBlockDecoder.MAX_PLANES);
      }
    }
  }

  J2kCoding coding(int component) {
    J2kCoding coding = codings[component];
    if (coding == null) {
      throw new IllegalStateException("coding of component " + component + ": not checked");
    }
    return coding;
  }

  J2kQuantization quantization(int component) {
    J2kQuantization quantization = quantizations[component];
    if (quantization == null) {
      throw new IllegalStateException("quantization of component " + component + ": not checked");
    }
    return quantization;
  }

  /** Returns the order of packets, table A.16. */
  int progression() {
    return progression;
  }

  int layers() {
    return layers;
  }

  /** Returns whether three components are transformed together. */
  boolean isMultiple() {
    return multiple && codings.length == 3;
  }
}

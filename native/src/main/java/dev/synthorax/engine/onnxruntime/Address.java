package dev.synthorax.engine.onnxruntime;

import org.bytedeco.javacpp.Pointer;

/** A number as JavaCPP passes an address to native code; nothing is owned or freed. */
final class Address extends Pointer {
  Address(long value) {
    address = value;
  }
}

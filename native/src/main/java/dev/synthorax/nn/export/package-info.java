/** Networks as ONNX files for other programs, each checked against what it was made from. */
@NullMarked
package dev.synthorax.nn.export;

import org.jspecify.annotations.NullMarked;

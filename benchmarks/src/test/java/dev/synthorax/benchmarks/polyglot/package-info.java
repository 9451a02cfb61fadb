/** The clients of other languages against a real server. */
@NullMarked
package dev.synthorax.benchmarks.polyglot;

import org.jspecify.annotations.NullMarked;

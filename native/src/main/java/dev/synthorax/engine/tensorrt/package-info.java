/**
 * TensorRT: graphs are compiled into plans for one device, kept, and run on its streams. What
 * touches the library is thin ({@code Native*}); what can be decided without it stands beside.
 */
@NullMarked
package dev.synthorax.engine.tensorrt;

import org.jspecify.annotations.NullMarked;

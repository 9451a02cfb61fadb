package dev.synthorax.engine.cuda;

import org.junit.jupiter.api.Tag;

/** The kernels on a real device, against the same numbers as the host's loops. */
@Tag("gpu")
final class GpuRowOperationsIT extends CudaRowContract {}

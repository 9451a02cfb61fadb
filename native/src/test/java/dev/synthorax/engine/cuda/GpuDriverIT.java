package dev.synthorax.engine.cuda;

import org.junit.jupiter.api.Tag;

/** CUDA's driver on a real device. */
@Tag("gpu")
final class GpuDriverIT extends DriverContract {}

/**
 * NVIDIA devices by CUDA's driver: memory, streams, fences, recorded work, kernels and figures. It
 * is no backend: those that compute on such devices take these from here, so that all of them share
 * one order of work.
 */
@NullMarked
package dev.synthorax.engine.cuda;

import org.jspecify.annotations.NullMarked;

package dev.synthorax.engine.tensorrt;

import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.TensorSpec;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.tensorrt.global.nvinfer;
import org.bytedeco.tensorrt.global.nvinfer.BuilderFlag;
import org.bytedeco.tensorrt.global.nvinfer.MemoryPoolType;
import org.bytedeco.tensorrt.global.nvinfer.NetworkDefinitionCreationFlag;
import org.bytedeco.tensorrt.global.nvinfer.OptProfileSelector;
import org.bytedeco.tensorrt.global.nvonnxparser;
import org.bytedeco.tensorrt.global.nvonnxparser.ErrorCode;
import org.bytedeco.tensorrt.nvinfer.Dims64;
import org.bytedeco.tensorrt.nvinfer.IBuilder;
import org.bytedeco.tensorrt.nvinfer.IBuilderConfig;
import org.bytedeco.tensorrt.nvinfer.IHostMemory;
import org.bytedeco.tensorrt.nvinfer.ILogger;
import org.bytedeco.tensorrt.nvinfer.INetworkDefinition;
import org.bytedeco.tensorrt.nvinfer.IOptimizationProfile;
import org.bytedeco.tensorrt.nvinfer.ITimingCache;
import org.bytedeco.tensorrt.nvonnxparser.IParser;
import org.bytedeco.tensorrt.nvonnxparser.IParserError;

/**
 * One compilation: ONNX file, strongly typed network, plan.
 *
 * <p><b>Ownership:</b> owns all that the library makes for it, until it is closed; the plan is the
 * caller's.
 *
 * <p><b>Threading:</b> one thread; the library uses threads of its own.
 */
final class NativeCompiler implements AutoCloseable {
  private final NativeObjects objects = new NativeObjects();
  private final NativeLog log;
  private final String version;
  private final TensorRt.Order order;
  private final String subject;
  private final long mark;

  NativeCompiler(NativeLog log, String version, TensorRt.Order order) {
    this.log = log;
    this.version = version;
    this.order = order;
    this.subject = order.graph().getFileName() + " on " + order.device().name();
    this.mark = log.mark();
  }

  /** Compiles; the caller closes the result. */
  TensorRt.Compiled compile() {
    IBuilder builder = objects.own(nvinfer.createInferBuilder(log));
    if (builder == null) {
      throw failure();
    }
    builder.setMaxThreads(order.threads());
    INetworkDefinition network =
        objects.own(
            builder.createNetworkV2(1 << NetworkDefinitionCreationFlag.kSTRONGLY_TYPED.value));
    if (network == null) {
      throw failure();
    }
    parse(network);
    IBuilderConfig config = objects.own(builder.createBuilderConfig());
    if (config == null) {
      throw failure();
    }
    config.clearFlag(BuilderFlag.kTF32); // FP32 is FP32
    config.setBuilderOptimizationLevel(order.optimizationLevel());
    config.setMaxAuxStreams(0); // the caller's stream is the only one
    config.setMemoryPoolLimit(MemoryPoolType.kWORKSPACE, order.workspaceBytes());
    addProfiles(builder, config);
    useTimings(config);
    IHostMemory plan = builder.buildSerializedNetwork(network, config);
    if (plan == null) {
      throw failure();
    }
    return new Result(plan, timings(config));
  }

  private InferenceException failure() {
    return Diagnosis.ofCompiling(subject, order.architecture(), version, log.since(mark));
  }

  private void parse(INetworkDefinition network) {
    IParser parser = objects.own(nvonnxparser.createParser(network, log));
    if (parser == null) {
      throw failure();
    }
    String file = order.graph().toAbsolutePath().toString();
    if (!parser.parseFromFile(file, ILogger.Severity.kWARNING.value)) {
      throw parseFailure(parser);
    }
  }

  private InferenceException parseFailure(IParser parser) {
    if (parser.getNbErrors() == 0) {
      return failure();
    }
    IParserError error = parser.getError(0);
    ErrorCode code = error.code().intern();
    return Diagnosis.ofParsing(
        String.valueOf(order.graph().getFileName()),
        text(error.nodeOperator()),
        text(error.nodeName()),
        text(error.desc()),
        code.name().startsWith("kUNSUPPORTED_NODE"));
  }

  private static String text(String orNull) {
    return orNull == null ? "" : orNull;
  }

  private void addProfiles(IBuilder builder, IBuilderConfig config) {
    for (int rows : order.rows()) {
      IOptimizationProfile profile = builder.createOptimizationProfile();
      for (TensorSpec input : order.inputs()) {
        if (input.hasRows()) {
          try (Dims64 dims = NativeEngine.dims(input.withRows(rows).shape())) {
            profile.setDimensions(input.name(), OptProfileSelector.kMIN, dims);
            profile.setDimensions(input.name(), OptProfileSelector.kOPT, dims);
            profile.setDimensions(input.name(), OptProfileSelector.kMAX, dims);
          }
        }
      }
      if (config.addOptimizationProfile(profile) < 0) {
        throw failure();
      }
    }
  }

  private void useTimings(IBuilderConfig config) {
    byte[] kept = order.timings().toArray(ValueLayout.JAVA_BYTE);
    try (BytePointer bytes = new BytePointer(kept)) {
      ITimingCache cache = objects.own(config.createTimingCache(bytes, kept.length));
      if (cache == null || !config.setTimingCache(cache, false)) { // of another machine, or broken
        ITimingCache empty = objects.own(config.createTimingCache((Pointer) null, 0));
        if (empty != null) {
          config.setTimingCache(empty, false);
        }
      }
    }
  }

  private static byte[] timings(IBuilderConfig config) {
    ITimingCache cache = config.getTimingCache();
    IHostMemory bytes = cache == null ? null : cache.serialize();
    if (bytes == null) {
      return new byte[0];
    }
    try {
      return segment(bytes).toArray(ValueLayout.JAVA_BYTE);
    } finally {
      NativeObjects.delete(bytes);
    }
  }

  @SuppressWarnings("restricted") // memory of the library, of the size that it says
  private static MemorySegment segment(IHostMemory memory) {
    return MemorySegment.ofAddress(memory.data().address()).reinterpret(memory.size());
  }

  @Override
  public void close() {
    objects.close();
  }

  /** A plan in the library's memory. */
  private static final class Result implements TensorRt.Compiled {
    private final IHostMemory memory; // owned
    private final byte[] timings;

    Result(IHostMemory memory, byte[] timings) {
      this.memory = memory;
      this.timings = timings;
    }

    @Override
    public MemorySegment plan() {
      return segment(memory);
    }

    @Override
    public byte[] timings() {
      return timings;
    }

    @Override
    public void close() {
      if (!memory.isNull()) {
        NativeObjects.delete(memory);
      }
    }
  }
}

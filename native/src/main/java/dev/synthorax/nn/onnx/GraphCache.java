package dev.synthorax.nn.onnx;

import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.Precision;
import dev.synthorax.files.AtomicFiles;
import dev.synthorax.files.RegularFiles;
import dev.synthorax.files.Sha256;
import dev.synthorax.nn.weights.ModelWeights;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A folder of graphs made from the same weights. Nothing in it is believed: beside each file lies
 * its seal, the digest of what was written, written last; a file that is not what its seal says is
 * made anew. Processes that share the folder write the same bytes, each file whole.
 *
 * @param folder named by the hash of what the graphs are made from, and their precision where it is
 *     not FP32
 * @param precision of every graph in it
 */
record GraphCache(Path folder, Precision precision) {
  private static final Logger logger = LoggerFactory.getLogger(GraphCache.class);

  /** Part of the folder's name: moves whenever the exporter writes other graphs than before. */
  private static final int EXPORTER_VERSION = 1;

  /** A line as sha256sum writes it: digest, two spaces, name. */
  private static final String SEAL = ".sha256";

  private static final int MAX_SEAL_BYTES = 1024;

  static GraphCache of(Path cacheFolder, String contentHash, Precision precision) {
    String suffix = precision == Precision.FP32 ? "" : "-" + lowerCase(precision);
    return new GraphCache(
        cacheFolder.resolve(contentHash + "-" + EXPORTER_VERSION + suffix), precision);
  }

  private static String lowerCase(Precision precision) {
    return precision.name().toLowerCase(Locale.ROOT);
  }

  /** Emits a graph. */
  interface Network {
    void emit(OnnxGraph graph, OnnxOps ops);
  }

  /** Writes a file of the cache. */
  private interface Writer {
    void write() throws IOException;
  }

  /**
   * The file of a graph, written now if it or its weights are not there as they were written.
   *
   * @param weightsName names the weight file, which graphs of several image sizes share
   * @param graphName names the graph's file
   * @throws InferenceException {@code MODEL_FAILED} if the weights do not fit the network or the
   *     cache cannot be written
   */
  Path graph(String weightsName, String graphName, ModelWeights weights, Network network) {
    String weightsFile = weightsName + "." + lowerCase(precision);
    String graphFile = graphName + ".onnx";
    boolean weightsSealed = isSealed(weightsFile);
    if (weightsSealed && isSealed(graphFile)) {
      return folder.resolve(graphFile);
    }
    OnnxGraph graph = new OnnxGraph(graphName);
    WeightFile weightFile = new WeightFile(weights, weightsFile);
    try {
      network.emit(graph, new OnnxOps(graph, weightFile, precision));
    } catch (IllegalArgumentException e) {
      throw weights.file().failed(String.valueOf(e.getMessage()), e);
    }
    if (!weightsSealed) {
      seal(weightsFile, () -> weightFile.write(folder));
    }
    Path file = folder.resolve(graphFile);
    seal(graphFile, () -> graph.write(file));
    return file;
  }

  private boolean isSealed(String name) {
    Path file = folder.resolve(name);
    try {
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        return false; // nothing to wonder about
      }
      byte[] seal = RegularFiles.read(folder.resolve(name + SEAL), MAX_SEAL_BYTES);
      if (new String(seal, StandardCharsets.UTF_8).equals(sealOf(name))) {
        return true;
      }
    } catch (IOException e) {
      logger.debug("{}: no seal", file, e);
    }
    logger
        .atInfo()
        .addKeyValue("file", name)
        .log("A file of the graph cache is not what was written there; it is made anew");
    return false;
  }

  private String sealOf(String name) throws IOException {
    return Sha256.hex(folder.resolve(name)) + "  " + name + "\n";
  }

  private void seal(String name, Writer writer) {
    Path file = folder.resolve(name);
    try {
      Path seal = folder.resolve(name + SEAL);
      AtomicFiles.delete(seal);
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        AtomicFiles.delete(file);
      }
      writer.write();
      AtomicFiles.write(seal, sealOf(name).getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new InferenceException(
          ErrorReason.MODEL_FAILED,
          "%s of the graph cache cannot be written: %s (expected: a writable folder with room)"
              .formatted(name, RegularFiles.reason(e)),
          e);
    }
  }
}

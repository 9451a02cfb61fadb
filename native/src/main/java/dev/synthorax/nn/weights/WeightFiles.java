package dev.synthorax.nn.weights;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.synthorax.engine.InferenceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * The files that hold one network's weights: a single one, or shards and the index that names them.
 *
 * @param index null for a single file
 * @param files at least one, in order of name
 */
public record WeightFiles(@Nullable ModelFile index, List<ModelFile> files) {

  private static final List<String> NAMES = List.of("diffusion_pytorch_model", "model");

  /** As diffusers looks for them; the first that is there is taken. */
  private static final List<String> VARIANTS = List.of("", ".fp16", ".bf16");

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final String SUFFIX = ".safetensors";

  private static final Pattern SHARD = Pattern.compile("[^/\\\\\\p{Cntrl}]+\\.safetensors");

  public WeightFiles {
    files = List.copyOf(files);
  }

  /** One file, whatever its name. */
  public static WeightFiles of(Path file) {
    return new WeightFiles(null, List.of(ModelFile.of(file)));
  }

  /**
   * Finds the weights of a network as diffusers and transformers save them.
   *
   * @param folder of the network
   * @throws InferenceException {@code MODEL_FAILED}, naming the file, if there are none in
   *     safetensors, an index is broken or a shard is missing
   */
  public static WeightFiles find(ModelFile folder) {
    for (String variant : VARIANTS) {
      for (String name : NAMES) {
        ModelFile single = folder.resolve(name + variant + SUFFIX);
        if (single.exists() && !single.isFolder()) {
          return new WeightFiles(null, List.of(single));
        }
        ModelFile index = folder.resolve(name + SUFFIX + ".index" + variant + ".json");
        if (index.exists() && !index.isFolder()) {
          return sharded(index);
        }
      }
    }
    throw missing(folder);
  }

  /** What errors about all of them name. */
  public ModelFile file() {
    return index == null ? files.getFirst() : index;
  }

  private static WeightFiles sharded(ModelFile index) {
    var names = new TreeSet<String>();
    try {
      for (JsonNode file : MAPPER.readTree(index.text("an index")).path("weight_map")) {
        names.add(shardName(index, file));
      }
    } catch (JsonProcessingException e) {
      throw index.failed("cannot be read as JSON (expected: an index)", e);
    }
    if (names.isEmpty()) {
      throw index.failed("no weight_map (expected: tensor names and their files)", null);
    }
    for (String name : names) {
      ModelFile shard = index.sibling(name);
      if (!shard.exists() || shard.isFolder()) {
        throw index.failed(
            "it names %s, which is %s (expected: every shard beside it; download it)"
                .formatted(name, shard.exists() ? "no file" : "not there"),
            null);
      }
    }
    return new WeightFiles(index, names.stream().map(index::sibling).toList());
  }

  /** An index is a stranger's: what it names must be a file beside it and nothing else. */
  private static String shardName(ModelFile index, JsonNode file) {
    if (!file.isTextual() || !SHARD.matcher(file.textValue()).matches()) {
      throw index.failed(
          "it names %s (expected: names of .safetensors files beside it, without a folder)"
              .formatted(file),
          null);
    }
    return file.textValue();
  }

  private static InferenceException missing(ModelFile folder) {
    ModelFile expected = folder.resolve(NAMES.getFirst() + SUFFIX);
    if (expected.isFolder()) {
      return expected.failed("a folder (expected: a file of weights)", null);
    }
    List<String> others = weightLike(folder.path());
    if (others.isEmpty()) {
      return expected.failed("no such file (expected: weights in safetensors)", null);
    }
    return expected.failed(
        ("no such file, the folder holds %s (expected: weights in safetensors; load the model in"
                + " diffusers and call save_pretrained)")
            .formatted(String.join(", ", others)),
        null);
  }

  /** Files that hold weights in a form or under a name that is not read, a few of them. */
  private static List<String> weightLike(Path folder) {
    var endings =
        List.of(
            ".bin", ".pt", ".pth", ".ckpt", ".msgpack", ".h5", ".onnx", ".gguf", ".xml", SUFFIX);
    try (var children = Files.newDirectoryStream(folder)) {
      return StreamSupport.stream(children.spliterator(), false)
          .map(child -> String.valueOf(child.getFileName()))
          .filter(name -> endings.stream().anyMatch(name::endsWith))
          .sorted()
          .limit(3)
          .toList();
    } catch (IOException e) {
      return List.of(); // no folder: said by the caller's sentence
    }
  }
}

package dev.synthorax.nn;

import java.util.List;

/**
 * The text encoder of CLIP: a causal transformer over tokens.
 *
 * @see <a href="https://arxiv.org/abs/2103.00020">Radford et al. 2021</a>
 */
public final class CLIPTextModel {

  private static final Init EMBEDDING = new Init.Normal(0.02);

  private CLIPTextModel() {}

  /** Every parameter of the network, in the order of use. */
  public static List<ParameterSpec> parameters(CLIPTextConfig config) {
    ShapeOps shapes = new ShapeOps();
    forward(shapes, config, new long[] {1, 1});
    return shapes.parameters();
  }

  /**
   * Encodes tokens: {@code last_hidden_state} of transformers, after the final normalisation.
   *
   * @param ids INT64 {@code [batch, length]}, each {@code 0..vocabSize-1}; at most {@code
   *     maxPositions} long
   * @return {@code [batch, length, hiddenSize]}
   * @throws IllegalArgumentException if the sequence is too long
   */
  public static <T> T forward(Ops<T> ops, CLIPTextConfig config, T ids) {
    long length = ops.dim(ids, 1);
    if (length > config.maxPositions()) {
      throw new IllegalArgumentException(
          "ids: %d tokens (expected: at most max_position_embeddings %d)"
              .formatted(length, config.maxPositions()));
    }
    Ops<T> model = ops.in("text_model");
    T hidden = embed(model.in("embeddings"), config, ids, length);
    for (int i = 0; i < config.layers(); i++) {
      Ops<T> layer = model.in("encoder.layers." + i);
      T input = hidden;
      hidden = layer.part(() -> layer(layer, config, input));
    }
    return Layers.layerNorm(model.in("final_layer_norm"), hidden, config.layerNormEpsilon());
  }

  private static <T> T embed(Ops<T> ops, CLIPTextConfig config, T ids, long length) {
    long features = config.hiddenSize();
    T tokens =
        ops.in("token_embedding").parameter("weight", EMBEDDING, config.vocabSize(), features);
    T positions =
        ops.in("position_embedding")
            .parameter("weight", EMBEDDING, config.maxPositions(), features);
    if (length < config.maxPositions()) {
      positions = ops.slice(positions, 0, 0, length);
    }
    return ops.add(ops.embedding(tokens, ids), ops.reshape(positions, 1, length, features));
  }

  private static <T> T layer(Ops<T> ops, CLIPTextConfig config, T x) {
    T normed = Layers.layerNorm(ops.in("layer_norm1"), x, config.layerNormEpsilon());
    T hidden = ops.add(x, selfAttention(ops.in("self_attn"), config, normed));
    normed = Layers.layerNorm(ops.in("layer_norm2"), hidden, config.layerNormEpsilon());
    T inner = Layers.linear(ops.in("mlp.fc1"), normed, config.intermediateSize(), true);
    inner = ops.activation(config.activation(), inner);
    inner = Layers.linear(ops.in("mlp.fc2"), inner, config.hiddenSize(), true);
    return ops.add(hidden, inner);
  }

  private static <T> T selfAttention(Ops<T> ops, CLIPTextConfig config, T x) {
    int heads = config.heads();
    long features = config.hiddenSize();
    T query = Attention.splitHeads(ops, Layers.linear(ops.in("q_proj"), x, features, true), heads);
    T key = Attention.splitHeads(ops, Layers.linear(ops.in("k_proj"), x, features, true), heads);
    T value = Attention.splitHeads(ops, Layers.linear(ops.in("v_proj"), x, features, true), heads);
    T attended = Attention.joinHeads(ops, ops.attention(query, key, value, true));
    return Layers.linear(ops.in("out_proj"), attended, features, true);
  }
}

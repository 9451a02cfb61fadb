package dev.synthorax.server.grpc;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.DoubleNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import dev.synthorax.proto.v1.DatasetShare;
import dev.synthorax.server.training.TrainingSpec;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What to train, from the wire and back. */
final class TrainingSpecReader {
  private static final int MAX_THREADS = 1024;
  private static final int MAX_NAME_BYTES = 128;
  private static final int MAX_SETTINGS_BYTES = 1 << 20;
  private static final double MAX_WHOLE = 1L << 53; // doubles hold every whole number up to here

  private TrainingSpecReader() {}

  /**
   * Reads.
   *
   * @throws FieldException naming the field that cannot be taken
   */
  static TrainingSpec read(dev.synthorax.proto.v1.TrainingSpec wire) {
    FieldException.requireBytes("recipe", wire.getRecipe(), MAX_NAME_BYTES);
    if (wire.getThreads() < 0 || wire.getThreads() > MAX_THREADS) {
      throw FieldException.invalid(
          "threads", wire.getThreads() + " (expected: 0 to " + MAX_THREADS + ")");
    }
    if (wire.getSerializedSize() > MAX_SETTINGS_BYTES) {
      throw FieldException.invalid(
          "settings",
          "%d bytes (expected: at most %d)"
              .formatted(wire.getSerializedSize(), MAX_SETTINGS_BYTES));
    }
    var settings = new LinkedHashMap<String, JsonNode>();
    wire.getSettingsMap().forEach((template, fields) -> settings.put(template, json(fields)));
    return new TrainingSpec(
        wire.getRecipe(),
        wire.getModel(),
        shares(wire.getDatasetsList()),
        wire.getModelsMap(),
        settings,
        wire.getThreads(),
        !wire.hasPromote() || wire.getPromote());
  }

  private static List<TrainingSpec.Share> shares(List<DatasetShare> wire) {
    var shares = new ArrayList<TrainingSpec.Share>();
    for (DatasetShare share : wire) {
      double weight = share.getWeight() == 0 ? 1 : share.getWeight();
      if (!(weight > 0) || Double.isInfinite(weight)) {
        throw FieldException.invalid(
            "datasets[%d].weight".formatted(shares.size()),
            weight + " (expected: above 0, finite)");
      }
      shares.add(new TrainingSpec.Share(share.getDataset(), weight));
    }
    return shares;
  }

  private static ObjectNode json(Struct struct) {
    ObjectNode node = JsonNodeFactory.instance.objectNode();
    struct.getFieldsMap().forEach((name, value) -> node.set(name, json(value)));
    return node;
  }

  private static JsonNode json(Value value) {
    return switch (value.getKindCase()) {
      case NUMBER_VALUE -> number(value.getNumberValue());
      case STRING_VALUE -> TextNode.valueOf(value.getStringValue());
      case BOOL_VALUE -> BooleanNode.valueOf(value.getBoolValue());
      case STRUCT_VALUE -> json(value.getStructValue());
      case LIST_VALUE -> {
        ArrayNode list = JsonNodeFactory.instance.arrayNode();
        value.getListValue().getValuesList().forEach(each -> list.add(json(each)));
        yield list;
      }
      case NULL_VALUE, KIND_NOT_SET -> NullNode.instance;
    };
  }

  private static JsonNode number(double value) {
    if (value != Math.rint(value) || Math.abs(value) > MAX_WHOLE) {
      return DoubleNode.valueOf(value);
    }
    return (int) value == value ? IntNode.valueOf((int) value) : LongNode.valueOf((long) value);
  }

  /** The same on the wire. */
  static dev.synthorax.proto.v1.TrainingSpec wire(TrainingSpec spec) {
    var wire =
        dev.synthorax.proto.v1.TrainingSpec.newBuilder()
            .setRecipe(spec.recipe())
            .setModel(spec.model())
            .putAllModels(spec.models())
            .setThreads(spec.threads())
            .setPromote(spec.promote());
    spec.datasets()
        .forEach(
            share ->
                wire.addDatasets(
                    DatasetShare.newBuilder()
                        .setDataset(share.dataset())
                        .setWeight(share.weight())));
    for (Map.Entry<String, JsonNode> template : spec.settings().entrySet()) {
      wire.putSettings(template.getKey(), value(template.getValue()).getStructValue());
    }
    return wire.build();
  }

  private static Value value(JsonNode node) {
    var value = Value.newBuilder();
    if (node.isNumber()) {
      return value.setNumberValue(node.asDouble()).build();
    }
    if (node.isTextual()) {
      return value.setStringValue(node.asText()).build();
    }
    if (node.isBoolean()) {
      return value.setBoolValue(node.asBoolean()).build();
    }
    if (node.isArray()) {
      var list = ListValue.newBuilder();
      node.forEach(each -> list.addValues(value(each)));
      return value.setListValue(list).build();
    }
    if (node.isObject()) {
      var struct = Struct.newBuilder();
      node.properties().forEach(field -> struct.putFields(field.getKey(), value(field.getValue())));
      return value.setStructValue(struct).build();
    }
    return value.setNullValue(com.google.protobuf.NullValue.NULL_VALUE).build();
  }
}

package dev.synthorax.client.training;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ListValue;
import com.google.protobuf.NullValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;

/** JSON as protobuf's messages of any shape. */
final class StructValues {
  private StructValues() {}

  /** Returns an object. */
  static Struct struct(JsonNode object) {
    Struct.Builder struct = Struct.newBuilder();
    object.properties().forEach(entry -> struct.putFields(entry.getKey(), value(entry.getValue())));
    return struct.build();
  }

  private static Value value(JsonNode node) {
    Value.Builder value = Value.newBuilder();
    if (node.isObject()) {
      value.setStructValue(struct(node));
    } else if (node.isArray()) {
      ListValue.Builder list = ListValue.newBuilder();
      node.forEach(element -> list.addValues(value(element)));
      value.setListValue(list);
    } else if (node.isNumber()) {
      value.setNumberValue(node.asDouble());
    } else if (node.isBoolean()) {
      value.setBoolValue(node.asBoolean());
    } else if (node.isNull()) {
      value.setNullValue(NullValue.NULL_VALUE);
    } else {
      value.setStringValue(node.asText());
    }
    return value.build();
  }
}

package dev.synthorax.engine.onnxruntime;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.onnxruntime.ConstTensorTypeAndShapeInfo;
import org.bytedeco.onnxruntime.LongVector;
import org.bytedeco.onnxruntime.Session;
import org.bytedeco.onnxruntime.StringVector;
import org.bytedeco.onnxruntime.TypeInfo;
import org.bytedeco.onnxruntime.global.onnxruntime;

/** Reads what a session takes and gives. */
final class SessionSpecs {

  private SessionSpecs() {}

  static List<TensorSpec> inputs(Session session) {
    List<TensorSpec> specs = new ArrayList<>();
    try (StringVector names = session.GetInputNames()) {
      for (int i = 0; i < names.size(); i++) {
        try (TypeInfo type = session.GetInputTypeInfo(i)) {
          specs.add(spec(name(names, i), type));
        }
      }
    }
    return List.copyOf(specs);
  }

  static List<TensorSpec> outputs(Session session) {
    List<TensorSpec> specs = new ArrayList<>();
    try (StringVector names = session.GetOutputNames()) {
      for (int i = 0; i < names.size(); i++) {
        try (TypeInfo type = session.GetOutputTypeInfo(i)) {
          specs.add(spec(name(names, i), type));
        }
      }
    }
    return List.copyOf(specs);
  }

  private static String name(StringVector names, int index) {
    BytePointer name = names.get(index); // borrowed from the vector
    return name.getString();
  }

  private static TensorSpec spec(String name, TypeInfo type) {
    if (type.GetONNXType() != onnxruntime.ONNX_TYPE_TENSOR) {
      throw unsupported(name + " is no tensor");
    }
    ConstTensorTypeAndShapeInfo info = type.GetTensorTypeAndShapeInfo(); // borrowed from the type
    long[] dims;
    try (LongVector vector = info.GetShape()) {
      dims = vector.get();
    }
    List<Long> shape = new ArrayList<>(dims.length);
    for (int i = 0; i < dims.length; i++) {
      if (dims[i] < 0 && i > 0) {
        throw unsupported(name + " has a dynamic dim " + i + " (expected: only dim 0)");
      }
      shape.add(dims[i] < 0 ? TensorSpec.DYNAMIC : dims[i]);
    }
    return new TensorSpec(name, dataType(name, info.GetElementType()), shape);
  }

  private static DataType dataType(String name, int elementType) {
    return switch (elementType) {
      case onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL -> DataType.BOOL;
      case onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> DataType.UINT8;
      case onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 -> DataType.INT32;
      case onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 -> DataType.INT64;
      case onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 -> DataType.FP16;
      case onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> DataType.FP32;
      default -> throw unsupported(name + " has element type " + elementType);
    };
  }

  static int elementType(DataType dataType) {
    return switch (dataType) {
      case BOOL -> onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL;
      case UINT8 -> onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8;
      case INT32 -> onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32;
      case INT64 -> onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64;
      case FP16 -> onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16;
      case FP32 -> onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
    };
  }

  private static InferenceException unsupported(String message) {
    return new InferenceException(ErrorReason.MODEL_FAILED, message);
  }
}

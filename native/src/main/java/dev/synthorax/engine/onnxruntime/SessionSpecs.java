package dev.synthorax.engine.onnxruntime;

import dev.synthorax.engine.DataType;
import dev.synthorax.engine.ErrorReason;
import dev.synthorax.engine.GraphTensor;
import dev.synthorax.engine.InferenceException;
import dev.synthorax.engine.TensorSpec;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.onnxruntime.ConstTensorTypeAndShapeInfo;
import org.bytedeco.onnxruntime.LongVector;
import org.bytedeco.onnxruntime.MemoryInfoImpl;
import org.bytedeco.onnxruntime.Session;
import org.bytedeco.onnxruntime.StringVector;
import org.bytedeco.onnxruntime.TypeInfo;
import org.bytedeco.onnxruntime.global.onnxruntime;

/** Reads what a session takes and gives. */
final class SessionSpecs {

  private SessionSpecs() {}

  static List<GraphTensor> inputs(Session session) {
    List<GraphTensor> tensors = new ArrayList<>();
    try (StringVector names = session.GetInputNames()) {
      for (int i = 0; i < names.size(); i++) {
        try (TypeInfo type = session.GetInputTypeInfo(i)) {
          tensors.add(tensor(name(names, i), type));
        }
      }
    }
    return List.copyOf(tensors);
  }

  static List<GraphTensor> outputs(Session session) {
    List<GraphTensor> tensors = new ArrayList<>();
    try (StringVector names = session.GetOutputNames()) {
      for (int i = 0; i < names.size(); i++) {
        try (TypeInfo type = session.GetOutputTypeInfo(i)) {
          tensors.add(tensor(name(names, i), type));
        }
      }
    }
    return List.copyOf(tensors);
  }

  /** Names of the inputs that the session reads in host memory. */
  static Set<String> hostInputs(Session session) {
    var names = new HashSet<String>();
    try (StringVector inputs = session.GetInputNames();
        MemoryInfoImpl places = session.GetMemoryInfoForInputs()) {
      for (int i = 0; i < inputs.size(); i++) {
        var place = new MemoryInfoImpl(places.getPointer(i)); // borrowed
        if (place.GetDeviceType() == onnxruntime.OrtMemoryInfoDeviceType_CPU) {
          names.add(name(inputs, i));
        }
      }
    }
    return Set.copyOf(names);
  }

  private static String name(StringVector names, int index) {
    BytePointer name = names.get(index); // borrowed from the vector
    return name.getString();
  }

  private static GraphTensor tensor(String name, TypeInfo type) {
    if (type.GetONNXType() != onnxruntime.ONNX_TYPE_TENSOR) {
      throw unsupported(name + " is no tensor");
    }
    ConstTensorTypeAndShapeInfo info = type.GetTensorTypeAndShapeInfo(); // borrowed from the type
    if (!info.HasShape()) {
      throw unsupported(name + " has no known rank");
    }
    List<Long> shape = new ArrayList<>();
    List<String> symbols = new ArrayList<>();
    try (LongVector dims = info.GetShape();
        PointerPointer<BytePointer> names = new PointerPointer<>(dims.size())) {
      info.GetSymbolicDimensions(names, dims.size());
      for (int i = 0; i < dims.size(); i++) {
        shape.add(dims.get(i) < 0 ? TensorSpec.DYNAMIC : dims.get(i));
        symbols.add(names.get(BytePointer.class, i).getString()); // borrowed from the type
      }
    }
    return new GraphTensor(
        new TensorSpec(name, dataType(name, info.GetElementType()), shape), symbols);
  }

  static DataType dataType(String name, int elementType) {
    return switch (elementType) {
      case onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL -> DataType.BOOL;
      case onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8 -> DataType.UINT8;
      case onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16 -> DataType.UINT16;
      case onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32 -> DataType.UINT32;
      case onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64 -> DataType.UINT64;
      case onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8 -> DataType.INT8;
      case onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16 -> DataType.INT16;
      case onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32 -> DataType.INT32;
      case onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64 -> DataType.INT64;
      case onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16 -> DataType.FP16;
      case onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16 -> DataType.BF16;
      case onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT -> DataType.FP32;
      case onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE -> DataType.FP64;
      case onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING -> DataType.BYTES;
      default -> throw unsupported(name + " has element type " + elementType);
    };
  }

  static int elementType(DataType dataType) {
    return switch (dataType) {
      case BOOL -> onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_BOOL;
      case UINT8 -> onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT8;
      case UINT16 -> onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT16;
      case UINT32 -> onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT32;
      case UINT64 -> onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_UINT64;
      case INT8 -> onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT8;
      case INT16 -> onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT16;
      case INT32 -> onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT32;
      case INT64 -> onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_INT64;
      case FP16 -> onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT16;
      case BF16 -> onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_BFLOAT16;
      case FP32 -> onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_FLOAT;
      case FP64 -> onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_DOUBLE;
      case BYTES -> onnxruntime.ONNX_TENSOR_ELEMENT_DATA_TYPE_STRING;
    };
  }

  private static InferenceException unsupported(String message) {
    return new InferenceException(ErrorReason.UNSUPPORTED, message);
  }
}

package synthorax

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"

	"synthorax.dev/synthorax/inference"
)

// Number is what elements of a tensor may be.
type Number interface {
	bool | uint8 | uint16 | uint32 | uint64 | int8 | int16 | int32 | int64 | float32 | float64
}

// Tensor is an input or output of a plain model. Raw is row-major and little-endian; an element of BYTES is its length in 4 bytes and the bytes.
type Tensor struct {
	Datatype string
	Shape    []int64
	Raw      []byte
}

// NewTensor makes a tensor of numbers. Those of FP16 and BF16 are made as a Tensor, from their bits.
func NewTensor[T Number](values []T, shape ...int64) Tensor {
	raw, err := binary.Append(nil, binary.LittleEndian, values)
	if err != nil {
		panic(err) // numbers have a size
	}
	return Tensor{datatype[T](), shape, raw}
}

// NewStrings makes a tensor of BYTES.
func NewStrings(values []string, shape ...int64) Tensor {
	var raw []byte
	for _, value := range values {
		raw = binary.LittleEndian.AppendUint32(raw, uint32(len(value)))
		raw = append(raw, value...)
	}
	return Tensor{"BYTES", shape, raw}
}

// Values gives the elements of a tensor of numbers; those of FP16 and BF16 as uint16, their bits.
func Values[T Number](tensor Tensor) ([]T, error) {
	bits := (tensor.Datatype == "FP16" || tensor.Datatype == "BF16") && datatype[T]() == "UINT16"
	if !bits && tensor.Datatype != datatype[T]() {
		return nil, fmt.Errorf("tensor: %s (expected: %s)", tensor.Datatype, datatype[T]())
	}
	var zero T
	values := make([]T, len(tensor.Raw)/binary.Size(zero))
	return values, binary.Read(bytes.NewReader(tensor.Raw), binary.LittleEndian, values)
}

// Strings gives the elements of a tensor of BYTES.
func (t Tensor) Strings() ([]string, error) {
	if t.Datatype != "BYTES" {
		return nil, fmt.Errorf("tensor: %s (expected: BYTES)", t.Datatype)
	}
	var values []string
	for raw := t.Raw; len(raw) >= 4; {
		end := 4 + int(binary.LittleEndian.Uint32(raw))
		if end > len(raw) {
			return nil, fmt.Errorf("tensor: an element of %d bytes (expected: at most %d)", end-4, len(raw)-4)
		}
		values = append(values, string(raw[4:end]))
		raw = raw[end:]
	}
	return values, nil
}

func datatype[T Number]() string {
	var zero T
	switch any(zero).(type) {
	case bool:
		return "BOOL"
	case uint8:
		return "UINT8"
	case uint16:
		return "UINT16"
	case uint32:
		return "UINT32"
	case uint64:
		return "UINT64"
	case int8:
		return "INT8"
	case int16:
		return "INT16"
	case int32:
		return "INT32"
	case int64:
		return "INT64"
	case float32:
		return "FP32"
	default:
		return "FP64"
	}
}

// InferRequest is what to run on what.
type InferRequest struct {
	Model   string
	Version string // empty: the latest
	ID      string
	Inputs  map[string]Tensor
	Outputs []string // those that are wanted; nil: all
}

// Infer runs a plain model over the Open Inference Protocol and gives its outputs by name.
func (c *Client) Infer(ctx context.Context, request InferRequest) (map[string]Tensor, error) {
	message := &inference.ModelInferRequest{ModelName: request.Model, ModelVersion: request.Version, Id: request.ID}
	for name, tensor := range request.Inputs {
		message.Inputs = append(message.Inputs, &inference.ModelInferRequest_InferInputTensor{Name: name, Datatype: tensor.Datatype, Shape: tensor.Shape})
		message.RawInputContents = append(message.RawInputContents, tensor.Raw)
	}
	for _, name := range request.Outputs {
		message.Outputs = append(message.Outputs, &inference.ModelInferRequest_InferRequestedOutputTensor{Name: name})
	}
	response, err := answer(ctx, c, c.inference.ModelInfer, message)
	if err != nil {
		return nil, err
	}
	if len(response.GetRawOutputContents()) != len(response.GetOutputs()) {
		return nil, wrong("an answer of %d outputs has the contents of %d", len(response.GetOutputs()), len(response.GetRawOutputContents()))
	}
	outputs := map[string]Tensor{}
	for i, output := range response.GetOutputs() {
		outputs[output.GetName()] = Tensor{output.GetDatatype(), output.GetShape(), response.GetRawOutputContents()[i]}
	}
	return outputs, nil
}

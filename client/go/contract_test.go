package synthorax

import (
	"os"
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"

	"synthorax.dev/synthorax/inference"
	synthoraxv1 "synthorax.dev/synthorax/v1"
)

// The committed messages are those of the contract as it is now; where this fails, run go generate.
func TestMessages_areOfTodaysContract(t *testing.T) {
	bytes, err := os.ReadFile("../../proto/baseline.binpb")
	if err != nil {
		t.Skip("no checkout: ", err)
	}
	var contract descriptorpb.FileDescriptorSet
	if err := proto.Unmarshal(bytes, &contract); err != nil {
		t.Fatal(err)
	}
	today := map[string]*descriptorpb.FileDescriptorProto{}
	for _, file := range contract.GetFile() {
		today[file.GetName()] = file
	}

	for _, file := range []protoreflect.FileDescriptor{
		synthoraxv1.File_synthorax_v1_failure_proto,
		synthoraxv1.File_synthorax_v1_generation_proto,
		synthoraxv1.File_synthorax_v1_reading_proto,
		synthoraxv1.File_synthorax_v1_segmentation_proto,
		synthoraxv1.File_synthorax_v1_classification_proto,
		synthoraxv1.File_synthorax_v1_model_proto,
		inference.File_inference_grpc_service_proto,
		inference.File_inference_model_config_proto,
	} {
		if !proto.Equal(protodesc.ToFileDescriptorProto(file), today[file.Path()]) {
			t.Errorf("%s: not as in proto/baseline.binpb (run: go generate)", file.Path())
		}
	}
}

package synthorax

import (
	"context"
	"net"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/protoadapt"
	"google.golang.org/protobuf/types/known/durationpb"

	"synthorax.dev/synthorax/inference"
	synthoraxv1 "synthorax.dev/synthorax/v1"
)

// script answers one call each, in turn.
type script []func(spec *synthoraxv1.GenerationSpec, send func(*synthoraxv1.GenerateStreamResponse)) error

// fake is a server that answers by script, and echoes tensors.
type fake struct {
	synthoraxv1.UnimplementedGenerationServiceServer
	synthoraxv1.UnimplementedSegmentationServiceServer
	synthoraxv1.UnimplementedClassificationServiceServer
	inference.UnimplementedGRPCInferenceServiceServer
	script script
	asked  []*synthoraxv1.GenerationSpec
	tokens []string
	infers []*inference.ModelInferRequest
}

func (f *fake) GenerateStream(request *synthoraxv1.GenerateStreamRequest, stream grpc.ServerStreamingServer[synthoraxv1.GenerateStreamResponse]) error {
	headers, _ := metadata.FromIncomingContext(stream.Context())
	f.tokens = append(f.tokens, headers.Get("authorization")...)
	f.asked = append(f.asked, request.GetSpec())
	return f.script[len(f.asked)-1](request.GetSpec(), func(response *synthoraxv1.GenerateStreamResponse) { _ = stream.Send(response) })
}

func (f *fake) ModelInfer(_ context.Context, request *inference.ModelInferRequest) (*inference.ModelInferResponse, error) {
	f.infers = append(f.infers, request)
	response := &inference.ModelInferResponse{RawOutputContents: request.GetRawInputContents()}
	for _, input := range request.GetInputs() {
		response.Outputs = append(response.Outputs,
			&inference.ModelInferResponse_InferOutputTensor{Name: input.GetName(), Datatype: input.GetDatatype(), Shape: input.GetShape()})
	}
	return response, nil
}

// Segment finds every structure that is asked for.
func (f *fake) Segment(_ context.Context, request *synthoraxv1.SegmentRequest) (*synthoraxv1.SegmentResponse, error) {
	marked := &synthoraxv1.Segmentation{Threshold: request.GetSpec().GetThreshold()}
	for _, structure := range request.GetSpec().GetStructures() {
		marked.Structures = append(marked.Structures, &synthoraxv1.SegmentedStructure{Structure: structure, Area: 1})
	}
	return &synthoraxv1.SegmentResponse{Segmentation: marked}, nil
}

// Classify knows no model.
func (f *fake) Classify(context.Context, *synthoraxv1.ClassifyRequest) (*synthoraxv1.ClassifyResponse, error) {
	return nil, refusal(codes.NotFound, "MODEL_NOT_FOUND", &errdetails.ResourceInfo{ResourceType: "model", ResourceName: "nobody"})
}

// serve starts a fake that ends with the test.
func serve(t *testing.T, answers script, options ...grpc.ServerOption) (*fake, string) {
	t.Helper()
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer(options...)
	f := &fake{script: answers}
	synthoraxv1.RegisterGenerationServiceServer(server, f)
	synthoraxv1.RegisterSegmentationServiceServer(server, f)
	synthoraxv1.RegisterClassificationServiceServer(server, f)
	inference.RegisterGRPCInferenceServiceServer(server, f)
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return f, listener.Addr().String()
}

// refusal is a status as the server ends a call with it.
func refusal(code codes.Code, reason string, details ...protoadapt.MessageV1) error {
	refused, err := status.New(code, "said no").WithDetails(append([]protoadapt.MessageV1{&errdetails.ErrorInfo{Reason: reason, Domain: "synthorax.dev"}}, details...)...)
	if err != nil {
		return err
	}
	return refused.Err()
}

func retry(delay time.Duration) protoadapt.MessageV1 {
	return &errdetails.RetryInfo{RetryDelay: durationpb.New(delay)}
}

func queued(spec *synthoraxv1.GenerationSpec) *synthoraxv1.GenerateStreamResponse {
	settings := &synthoraxv1.EffectiveSettings{Model: "m", ModelVersion: "v1", Seed: spec.GetSeed(), Count: spec.GetCount()}
	return &synthoraxv1.GenerateStreamResponse{Event: &synthoraxv1.GenerateStreamResponse_Queued{Queued: &synthoraxv1.Queued{Settings: settings}}}
}

func imageEvent(spec *synthoraxv1.GenerationSpec, index int32) *synthoraxv1.GenerateStreamResponse {
	made := &synthoraxv1.Image{Index: index, Seed: spec.GetSeed() + uint64(index), Data: []byte{7}, Format: synthoraxv1.OutputFormat_OUTPUT_FORMAT_RAW_GRAY8, Width: 1, Height: 1}
	return &synthoraxv1.GenerateStreamResponse{Event: &synthoraxv1.GenerateStreamResponse_Image{Image: made}}
}

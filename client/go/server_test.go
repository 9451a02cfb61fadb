package synthorax

import (
	"context"
	"errors"
	"os"
	"slices"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	synthoraxv1 "synthorax.dev/synthorax/v1"
)

// server is a client of the server at SYNTHORAX_ADDRESS, with the bundled model and the small ones that the build gives it.
func server(t *testing.T) (*Client, context.Context) {
	t.Helper()
	address := os.Getenv("SYNTHORAX_ADDRESS")
	if address == "" {
		t.Skip("no server: SYNTHORAX_ADDRESS names none")
	}
	client, err := Connect(address, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { client.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(cancel)
	return client, ctx
}

func TestServer_generate_imagesAreThoseOfTheirSeeds(t *testing.T) {
	client, ctx := server(t)
	asked := &spec{Prompt: "large right pneumothorax", NumInferenceSteps: proto.Int32(2), Count: proto.Int32(2), Seed: proto.Uint64(7)}
	made := map[uint64]*synthoraxv1.Image{}
	for image, err := range client.Generate(ctx, asked) {
		if err != nil {
			t.Fatal(err)
		}
		made[image.GetSeed()] = image
	}
	asked.Count, asked.Seed = nil, proto.Uint64(8)

	for image, err := range client.Generate(ctx, asked) {
		if err != nil {
			t.Fatal(err)
		}
		expect(t, "image of seed 8", slices.Equal(image.GetData(), made[8].GetData()), true)
		pixels, err := Decode(image)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, "width", int32(pixels.Bounds().Dx()), image.GetWidth())
	}
	expect(t, "images", len(made), 2)
}

func TestServer_generate_rawPixels(t *testing.T) {
	client, ctx := server(t)

	for image, err := range client.Generate(ctx, &spec{NumInferenceSteps: proto.Int32(2), OutputFormat: synthoraxv1.OutputFormat_OUTPUT_FORMAT_RAW_GRAY8}) {
		if err != nil {
			t.Fatal(err)
		}
		pixels, err := Decode(image)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, "pixels", pixels.Bounds().Dx()*pixels.Bounds().Dy(), len(image.GetData()))
	}
}

func TestServer_errors_haveReasons(t *testing.T) {
	client, ctx := server(t)
	var failure *Error

	for _, err := range client.Generate(ctx, &spec{Model: "nobody"}) {
		expect(t, "typed", errors.As(err, &failure), true)
		expect(t, "error", []any{failure.Code, failure.Reason, failure.Resource}, []any{codes.NotFound, "MODEL_NOT_FOUND", "nobody"})
	}
	_, err := client.Infer(ctx, InferRequest{Model: "doubler", Inputs: map[string]Tensor{"x": NewTensor(make([]float32, 3), 1, 3)}})
	expect(t, "typed", errors.As(err, &failure), true)
	expect(t, "error", []any{failure.Code, failure.Reason}, []any{codes.InvalidArgument, "INVALID_ARGUMENT"})
}

func TestServer_leavingTheLoop_cancels(t *testing.T) {
	client, ctx := server(t)

	for _, err := range client.Generate(ctx, &spec{Count: proto.Int32(64), NumInferenceSteps: proto.Int32(20), Seed: proto.Uint64(1)}) {
		if err != nil {
			t.Fatal(err)
		}
		break
	}
}

func TestServer_infer_moreThanFourMebibytesComeBack(t *testing.T) {
	client, ctx := server(t)
	values := make([]float32, 2<<20)
	for i := range values {
		values[i] = float32(i)
	}

	outputs, err := client.Infer(ctx, InferRequest{Model: "doubler", Inputs: map[string]Tensor{"x": NewTensor(values, 1<<20, 2)}})
	if err != nil {
		t.Fatal(err)
	}
	doubled, err := Values[float32](outputs["y"])
	if err != nil {
		t.Fatal(err)
	}
	for i := range values {
		if doubled[i] != 2*values[i] {
			t.Fatalf("element %d: %v (expected: %v)", i, doubled[i], 2*values[i])
		}
	}
}

func TestServer_segmentAndClassify_smallModels(t *testing.T) {
	client, ctx := server(t)
	film := &synthoraxv1.RawImage{Width: 8, Height: 8, Data: make([]byte, 64)}
	for i := range film.Data {
		film.Data[i] = byte(255 * (i % 2))
	}
	image := &synthoraxv1.Radiograph{Pixels: &synthoraxv1.Radiograph_Raw{Raw: film}}

	marked, err := client.Segment(ctx, &synthoraxv1.SegmentationSpec{Model: "marker", Image: image})
	if err != nil {
		t.Fatal(err)
	}
	read, err := client.Classify(ctx, &synthoraxv1.ClassificationSpec{Model: "reader", Image: image, Threshold: proto.Float64(0.4)})
	if err != nil {
		t.Fatal(err)
	}

	expect(t, "structure", marked.GetStructures()[0].GetStructure(), "lungs")
	expect(t, "area", marked.GetStructures()[0].GetArea(), int64(32))
	expect(t, "finding", read.GetFindings()[0].GetFinding(), "edema")
	expect(t, "present", read.GetFindings()[0].GetPresent(), true)
}

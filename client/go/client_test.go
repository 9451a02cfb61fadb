package synthorax

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"

	synthoraxv1 "synthorax.dev/synthorax/v1"
)

type (
	spec = synthoraxv1.GenerationSpec
	send = func(*synthoraxv1.GenerateStreamResponse)
)

func all(asked *spec, send send) error {
	send(queued(asked))
	for index := asked.GetCount() - 1; index >= 0; index-- {
		send(imageEvent(asked, index))
	}
	return nil
}

func twoThenLost(asked *spec, send send) error {
	send(queued(asked))
	send(imageEvent(asked, 2))
	send(imageEvent(asked, 0))
	return refusal(codes.Unavailable, "DEVICE_LOST", retry(10*time.Millisecond))
}

func draw(t *testing.T, ctx context.Context, address string, options Options, wanted *spec) ([]*synthoraxv1.Image, *Error) {
	t.Helper()
	client, err := Connect(address, options)
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()
	var images []*synthoraxv1.Image
	for image, err := range client.Generate(ctx, wanted) {
		var failure *Error
		if errors.As(err, &failure) {
			return images, failure
		}
		images = append(images, image)
	}
	return images, nil
}

func indices(images []*synthoraxv1.Image) []int32 {
	var all []int32
	for _, image := range images {
		all = append(all, image.GetIndex())
	}
	return all
}

func expect(t *testing.T, what string, actual, expected any) {
	t.Helper()
	if !reflect.DeepEqual(actual, expected) {
		t.Errorf("%s: %v (expected: %v)", what, actual, expected)
	}
}

func TestGenerate_brokenStream_goesOnWithWhatIsMissing(t *testing.T) {
	server, address := serve(t, script{twoThenLost, all})

	images, failure := draw(t, t.Context(), address, Options{}, &spec{Count: proto.Int32(4), Seed: proto.Uint64(10)})

	expect(t, "failure", failure, (*Error)(nil))
	expect(t, "indices", indices(images), []int32{2, 0, 3, 1}) // 2 comes twice, and is given once
	expect(t, "seed of image 3", images[2].GetSeed(), uint64(13))
	again := server.asked[1]
	expect(t, "seed", again.GetSeed(), uint64(11))
	expect(t, "count", again.GetCount(), int32(3))
	expect(t, "model", again.GetModel()+" "+again.GetModelVersion(), "m v1")
}

func TestGenerate_withInitialLatents_asksAgainForAll(t *testing.T) {
	server, address := serve(t, script{twoThenLost, all})

	images, _ := draw(t, t.Context(), address, Options{}, &spec{Count: proto.Int32(3), Seed: proto.Uint64(10), InitialLatents: make([]byte, 12)})

	expect(t, "indices", indices(images), []int32{2, 0, 1})
	expect(t, "seed", server.asked[1].GetSeed(), uint64(10))
}

func TestGenerate_withoutSeed_asksForTheSameImagesEachTime(t *testing.T) {
	full := func(*spec, send) error {
		return refusal(codes.ResourceExhausted, "QUEUE_FULL", retry(10*time.Millisecond))
	}
	server, address := serve(t, script{full, full, full, full, full, full, full, all})

	images, _ := draw(t, t.Context(), address, Options{}, &spec{})

	expect(t, "images", len(images), 1)
	expect(t, "tries", len(server.asked), 8) // a named delay is worth more tries than five
	for _, asked := range server.asked {
		expect(t, "seed", asked.GetSeed(), server.asked[0].GetSeed())
	}
}

func TestGenerate_badField_isATypedErrorAndNotTriedAgain(t *testing.T) {
	violation := &errdetails.BadRequest{FieldViolations: []*errdetails.BadRequest_FieldViolation{{Field: "spec.count"}}}
	server, address := serve(t, script{func(*spec, send) error { return refusal(codes.InvalidArgument, "INVALID_ARGUMENT", violation) }})

	_, failure := draw(t, t.Context(), address, Options{}, &spec{Count: proto.Int32(300)})

	expect(t, "reason", failure.Reason, "INVALID_ARGUMENT")
	expect(t, "field", failure.Field, "spec.count")
	expect(t, "message", failure.Error(), "said no")
	expect(t, "status", status.Code(failure), codes.InvalidArgument)
	expect(t, "tries", len(server.asked), 1)
}

func TestGenerate_reasonWithoutDelay_isNotTriedAgain(t *testing.T) {
	server, address := serve(t, script{func(*spec, send) error { return refusal(codes.Unavailable, "MODEL_FAILED") }})

	_, failure := draw(t, t.Context(), address, Options{}, &spec{})

	expect(t, "reason", failure.Reason, "MODEL_FAILED")
	expect(t, "tries", len(server.asked), 1)
}

func TestGenerate_delayBeyondTheDeadline_failsAtOnce(t *testing.T) {
	_, address := serve(t, script{func(*spec, send) error { return refusal(codes.Unavailable, "DRAINING", retry(time.Hour)) }})

	_, failure := draw(t, t.Context(), address, Options{}, &spec{})

	expect(t, "reason", failure.Reason, "DRAINING")
	expect(t, "delay", *failure.RetryDelay, time.Hour)
}

func TestGenerate_shortAnswer_isAnError(t *testing.T) {
	_, address := serve(t, script{func(asked *spec, send send) error { send(imageEvent(asked, 0)); return nil }})

	images, failure := draw(t, t.Context(), address, Options{}, &spec{Count: proto.Int32(2)})

	expect(t, "images", len(images), 1)
	expect(t, "message", failure.Error(), "the answer ended after 1 images (expected: 2)")
}

func TestGenerateEvents_areHeard(t *testing.T) {
	_, address := serve(t, script{all})
	client, err := Connect(address, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()

	var heard []*synthoraxv1.GenerateStreamResponse
	for range client.GenerateEvents(t.Context(), &spec{Seed: proto.Uint64(5)}, func(event *synthoraxv1.GenerateStreamResponse) { heard = append(heard, event) }) {
	}

	expect(t, "events", len(heard), 1)
	expect(t, "seed", heard[0].GetQueued().GetSettings().GetSeed(), uint64(5))
}

func TestCalls_noServer_isSaidAfterAllTries(t *testing.T) {
	listener, err := net.Listen("tcp", "localhost:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()

	_, failure := draw(t, t.Context(), address, Options{Attempts: 2}, &spec{})

	expect(t, "code", failure.Code, codes.Unavailable)
	if !strings.HasPrefix(failure.Error(), "no server at "+address+" (") {
		t.Errorf("message: %s", failure)
	}
}

func TestCalls_contextEnds_endThem(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, address := serve(t, script{func(asked *spec, send send) error {
		cancel()
		return refusal(codes.Unavailable, "DRAINING", retry(time.Minute))
	}})

	_, failure := draw(t, ctx, address, Options{}, &spec{})

	expect(t, "is cancelled", errors.Is(failure, context.Canceled), true)
}

func TestToken_goesAlongAndNotToOthersInPlainText(t *testing.T) {
	server, address := serve(t, script{all})

	draw(t, t.Context(), address, Options{Token: "s3cret"}, &spec{})
	_, err := Connect("far.example:8001", Options{Token: "s3cret"})

	expect(t, "tokens", server.tokens, []string{"Bearer s3cret"})
	if err == nil || !strings.Contains(err.Error(), "token: not sent to far.example:8001 in plain text") {
		t.Errorf("error: %v", err)
	}
}

func TestTLS_bothSidesShowCertificates(t *testing.T) {
	folder := os.Getenv("SYNTHORAX_TLS")
	if folder == "" {
		t.Skip("no certificates: SYNTHORAX_TLS names no folder")
	}
	pair, err := tls.LoadX509KeyPair(filepath.Join(folder, "certificate.pem"), filepath.Join(folder, "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(pair.Leaf)
	required := &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: roots, ClientAuth: tls.RequireAndVerifyClientCert}
	server, address := serve(t, script{all}, grpc.Creds(credentials.NewTLS(required)))

	images, _ := draw(t, t.Context(), address, Options{TLS: &tls.Config{RootCAs: roots, Certificates: []tls.Certificate{pair}}, Token: "s3cret"}, &spec{})
	_, failure := draw(t, t.Context(), address, Options{TLS: &tls.Config{RootCAs: roots}, Attempts: 1}, &spec{})

	expect(t, "images", len(images), 1)
	expect(t, "tokens", server.tokens, []string{"Bearer s3cret"})
	if failure == nil {
		t.Error("a client without a certificate was served")
	}
}

func TestSegmentAndClassify_answerOrSayWhyNot(t *testing.T) {
	_, address := serve(t, nil)
	client, err := Connect(address, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()

	marked, err := client.Segment(t.Context(), &synthoraxv1.SegmentationSpec{Structures: []string{"lungs"}, Threshold: proto.Float64(0.25)})
	if err != nil {
		t.Fatal(err)
	}
	read, err := client.Classify(t.Context(), &synthoraxv1.ClassificationSpec{Model: "nobody"})

	expect(t, "structure", marked.GetStructures()[0].GetStructure(), "lungs")
	expect(t, "threshold", marked.GetThreshold(), 0.25)
	expect(t, "classification", read, (*synthoraxv1.Classification)(nil))
	var failure *Error
	expect(t, "typed", errors.As(err, &failure), true)
	expect(t, "error", []any{failure.Reason, failure.Resource}, []any{"MODEL_NOT_FOUND", "nobody"})
}

func echo[T Number](t *testing.T, client *Client, values ...T) {
	t.Helper()
	outputs, err := client.Infer(t.Context(), InferRequest{Model: "echo", Version: "3", ID: "a", Inputs: map[string]Tensor{"x": NewTensor(values, 1, 2)}, Outputs: []string{"x"}})
	if err != nil {
		t.Fatal(err)
	}
	came, err := Values[T](outputs["x"])
	if err != nil {
		t.Fatal(err)
	}
	expect(t, outputs["x"].Datatype, came, values)
	expect(t, "shape", outputs["x"].Shape, []int64{1, 2})
}

func TestInfer_everyType_comesBack(t *testing.T) {
	server, address := serve(t, nil)
	client, err := Connect(address, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer client.Close()

	echo(t, client, true, false)
	echo(t, client, uint8(1), 255)
	echo(t, client, uint16(1), 65535)
	echo(t, client, uint32(1), 2)
	echo(t, client, uint64(1), 1<<63)
	echo(t, client, int8(1), -1)
	echo(t, client, int16(1), -1)
	echo(t, client, int32(1), -1)
	echo(t, client, int64(1), -1)
	echo(t, client, float32(1), -1.5)
	echo(t, client, 1.0, -1.5)
	outputs, err := client.Infer(t.Context(), InferRequest{Model: "echo", Inputs: map[string]Tensor{"x": NewStrings([]string{"ä", ""}, 2)}})
	if err != nil {
		t.Fatal(err)
	}
	texts, err := outputs["x"].Strings()
	if err != nil {
		t.Fatal(err)
	}

	expect(t, "texts", texts, []string{"ä", ""})
	expect(t, "version, id, output", server.infers[0].GetModelVersion()+server.infers[0].GetId()+server.infers[0].GetOutputs()[0].GetName(), "3ax")
}

func TestValues_ofAnotherType_areRefused(t *testing.T) {
	_, err := Values[int8](NewTensor([]float32{1}, 1))
	_, textErr := NewTensor([]float32{1}, 1).Strings()
	_, cutErr := Tensor{Datatype: "BYTES", Raw: []byte{9, 0, 0, 0}}.Strings()

	expect(t, "numbers", err.Error(), "tensor: FP32 (expected: INT8)")
	expect(t, "text", textErr.Error(), "tensor: FP32 (expected: BYTES)")
	expect(t, "cut", cutErr.Error(), "tensor: an element of 9 bytes (expected: at most 0)")
}

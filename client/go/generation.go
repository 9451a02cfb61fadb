package synthorax

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"iter"
	"math/rand/v2"

	"google.golang.org/grpc/codes"
	"google.golang.org/protobuf/proto"

	synthoraxv1 "synthorax.dev/synthorax/v1"
)

// Generate draws images and gives each once, in the order they finish; a stream that breaks goes on with what is missing. An error is the last thing
// that comes. Leaving the loop cancels the work.
func (c *Client) Generate(ctx context.Context, spec *synthoraxv1.GenerationSpec) iter.Seq2[*synthoraxv1.Image, error] {
	return c.GenerateEvents(ctx, spec, func(*synthoraxv1.GenerateStreamResponse) {})
}

// GenerateEvents is Generate, and tells what happens before the images: Queued and Progress, from a new Queued on where a try follows another.
func (c *Client) GenerateEvents(ctx context.Context, spec *synthoraxv1.GenerationSpec, onEvent func(*synthoraxv1.GenerateStreamResponse)) iter.Seq2[*synthoraxv1.Image, error] {
	return func(yield func(*synthoraxv1.Image, error) bool) {
		ctx, cancel := c.within(ctx)
		defer cancel()
		wanted := newGeneration(spec)
		tries := attempts{client: c}
		for !wanted.isComplete() {
			wants := true
			err := c.try(ctx, wanted, onEvent, func(image *synthoraxv1.Image) bool {
				tries.succeeded()
				wants = yield(image, nil)
				return wants
			})
			if !wants || wanted.isComplete() {
				return
			}
			if err := tries.after(ctx, err); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// try is one stream, until it ends or yield wants no more; its error is never nil while images are missing.
func (c *Client) try(ctx context.Context, wanted *generation, onEvent func(*synthoraxv1.GenerateStreamResponse), yield func(*synthoraxv1.Image) bool) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := c.generation.GenerateStream(ctx, wanted.request())
	if err != nil {
		return err
	}
	for {
		response, err := stream.Recv()
		if errors.Is(err, io.EOF) {
			return wrong("the answer ended after %d images (expected: %d)", len(wanted.received), wanted.spec.GetCount())
		}
		if err != nil {
			return err
		}
		image, err := wanted.heard(response)
		if err != nil {
			return err
		}
		if response.GetImage() == nil {
			onEvent(response)
		}
		if image != nil && !yield(image) {
			return nil
		}
	}
}

func wrong(format string, values ...any) *Error {
	return &Error{Code: codes.Internal, Message: fmt.Sprintf(format, values...)}
}

// Decode gives an image's pixels: of PNGs as they are, of RAW_GRAY8 as [image.Gray].
func Decode(made *synthoraxv1.Image) (image.Image, error) {
	switch made.GetFormat() {
	case synthoraxv1.OutputFormat_OUTPUT_FORMAT_PNG_GRAY8, synthoraxv1.OutputFormat_OUTPUT_FORMAT_PNG_GRAY16:
		return png.Decode(bytes.NewReader(made.GetData()))
	case synthoraxv1.OutputFormat_OUTPUT_FORMAT_RAW_GRAY8:
		bounds := image.Rect(0, 0, int(made.GetWidth()), int(made.GetHeight()))
		return &image.Gray{Pix: made.GetData(), Stride: bounds.Dx(), Rect: bounds}, nil
	default:
		return nil, fmt.Errorf("image: %v (expected: PNG_GRAY8, PNG_GRAY16 or RAW_GRAY8)", made.GetFormat())
	}
}

// generation collects the images of one spec over several tries, each once. A seed decides an image, so a stream that broke goes on with the first image
// that is missing, of the same version of the model.
type generation struct {
	spec     *synthoraxv1.GenerationSpec
	received map[int32]bool
	offset   int32
	used     *synthoraxv1.EffectiveSettings
}

func newGeneration(spec *synthoraxv1.GenerationSpec) *generation {
	own := proto.CloneOf(spec)
	if own.Seed == nil {
		own.Seed = proto.Uint64(uint64(rand.Uint32()))
	}
	if own.Count == nil {
		own.Count = proto.Int32(1)
	}
	return &generation{spec: own, received: map[int32]bool{}}
}

// request asks for what is missing.
func (g *generation) request() *synthoraxv1.GenerateStreamRequest {
	spec := proto.CloneOf(g.spec)
	g.offset = 0
	if len(g.received) > 0 {
		spec.Model, spec.ModelVersion = g.used.GetModel(), g.used.GetModelVersion()
		if len(spec.GetInitialLatents()) == 0 {
			for g.received[g.offset] {
				g.offset++
			}
			spec.Seed = proto.Uint64(spec.GetSeed() + uint64(g.offset))
			spec.Count = proto.Int32(spec.GetCount() - g.offset)
		}
	}
	return &synthoraxv1.GenerateStreamRequest{Spec: spec}
}

// heard takes an event; it gives the image where the event brings a new one.
func (g *generation) heard(response *synthoraxv1.GenerateStreamResponse) (*synthoraxv1.Image, error) {
	if queued := response.GetQueued(); queued != nil {
		g.used = queued.GetSettings()
	}
	image := response.GetImage()
	if image == nil {
		return nil, nil
	}
	image.Index += g.offset
	if g.received[image.GetIndex()] {
		return nil, nil
	}
	if image.GetIndex() < 0 || image.GetIndex() >= g.spec.GetCount() {
		return nil, wrong("image %d (expected: 0 to %d)", image.GetIndex(), g.spec.GetCount()-1)
	}
	g.received[image.GetIndex()] = true
	return image, nil
}

// isComplete says whether every image has come.
func (g *generation) isComplete() bool {
	return len(g.received) == int(g.spec.GetCount())
}

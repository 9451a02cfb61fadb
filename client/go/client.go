// Package synthorax is a client of Synthorax: synthetic chest radiographs over gRPC.
//
// Messages of the contract are those of packages v1 and inference below. Every failure of a call is an [*Error].
package synthorax

import (
	"context"
	"crypto/tls"
	"fmt"
	"regexp"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	"synthorax.dev/synthorax/inference"
	synthoraxv1 "synthorax.dev/synthorax/v1"
)

//go:generate buf generate

var thisMachine = regexp.MustCompile(`^(unix:.*|(localhost|127\.0\.0\.1|\[::1\]):\d+)$`)

// Client calls one server. All methods may be called from any goroutine. A context without a deadline gets ten minutes, tries included.
type Client struct {
	target         string
	attempts       int
	token          string
	conn           *grpc.ClientConn
	generation     synthoraxv1.GenerationServiceClient
	segmentation   synthoraxv1.SegmentationServiceClient
	classification synthoraxv1.ClassificationServiceClient
	inference      inference.GRPCInferenceServiceClient
}

// Options say how a client connects; the zero value is plain text with defaults.
type Options struct {
	TLS             *tls.Config // nil: plain text
	Token           string      // sent as "authorization: Bearer ..."; over plain text to this machine alone
	Attempts        int         // tries of a server that cannot be reached; 0: 5. Where a server names a delay, tries end with the deadline alone
	MaxMessageBytes int         // largest answer taken; 0: 64 MiB
}

// Connect opens a client of the server at "host:port"; it connects at the first call. The caller closes it.
func Connect(target string, options Options) (*Client, error) {
	if options.Token != "" && options.TLS == nil && !thisMachine.MatchString(target) {
		return nil, fmt.Errorf("token: not sent to %s in plain text (expected: TLS, or an address of this machine)", target)
	}
	if options.Attempts == 0 {
		options.Attempts = 5
	}
	if options.MaxMessageBytes == 0 {
		options.MaxMessageBytes = 64 << 20
	}
	transport := insecure.NewCredentials()
	if options.TLS != nil {
		transport = credentials.NewTLS(options.TLS)
	}
	conn, err := grpc.NewClient(target,
		grpc.WithTransportCredentials(transport),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(options.MaxMessageBytes)))
	if err != nil {
		return nil, err
	}
	return &Client{
		target:         target,
		attempts:       options.Attempts,
		token:          options.Token,
		conn:           conn,
		generation:     synthoraxv1.NewGenerationServiceClient(conn),
		segmentation:   synthoraxv1.NewSegmentationServiceClient(conn),
		classification: synthoraxv1.NewClassificationServiceClient(conn),
		inference:      inference.NewGRPCInferenceServiceClient(conn),
	}, nil
}

// Close ends the connection; calls under way fail.
func (c *Client) Close() error {
	return c.conn.Close()
}

// Segment marks structures in an image.
func (c *Client) Segment(ctx context.Context, spec *synthoraxv1.SegmentationSpec) (*synthoraxv1.Segmentation, error) {
	response, err := answer(ctx, c, c.segmentation.Segment, &synthoraxv1.SegmentRequest{Spec: spec})
	return response.GetSegmentation(), err
}

// Classify says how probable findings are in an image.
func (c *Client) Classify(ctx context.Context, spec *synthoraxv1.ClassificationSpec) (*synthoraxv1.Classification, error) {
	response, err := answer(ctx, c, c.classification.Classify, &synthoraxv1.ClassifyRequest{Spec: spec})
	return response.GetClassification(), err
}

// answer is the one answer of a call, tried again under one deadline.
func answer[Q, R any](ctx context.Context, c *Client, call func(context.Context, *Q, ...grpc.CallOption) (*R, error), request *Q) (*R, error) {
	ctx, cancel := c.within(ctx)
	defer cancel()
	tries := attempts{client: c}
	for {
		response, err := call(ctx, request)
		if err == nil {
			return response, nil
		}
		if err := tries.after(ctx, err); err != nil {
			return nil, err
		}
	}
}

// within is a call's context: with a deadline and the token.
func (c *Client) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if c.token != "" {
		ctx = metadata.AppendToOutgoingContext(ctx, "authorization", "Bearer "+c.token)
	}
	if _, has := ctx.Deadline(); has {
		return context.WithCancel(ctx)
	}
	return context.WithTimeout(ctx, 10*time.Minute)
}

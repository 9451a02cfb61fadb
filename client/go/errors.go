package synthorax

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

const (
	firstBackoff   = 200 * time.Millisecond
	longestBackoff = 5 * time.Second
)

// Error is a call that failed. Its text is one line for people, and may change.
type Error struct {
	Code       codes.Code
	Message    string
	Reason     string         // what programs match on, such as MODEL_NOT_FOUND; empty where no server said one
	Field      string         // path of the field at fault, such as spec.masks[0].png; empty: none
	Resource   string         // name of what was not found; empty: nothing
	RetryDelay *time.Duration // when the server expects to do it; nil: asking again is of no use
	causes     []error
}

func (e *Error) Error() string {
	return e.Message
}

// Unwrap gives the status, and the context's error where that ended the call.
func (e *Error) Unwrap() []error {
	return e.causes
}

// errorOf reads what came with the status of a failed call.
func errorOf(ctx context.Context, err error, target string) *Error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	sent := status.Convert(err)
	e := &Error{Code: sent.Code(), Message: strings.Join(strings.Fields(sent.Message()), " "), causes: []error{err}}
	if ctx.Err() != nil {
		e.causes = append(e.causes, ctx.Err())
	}
	for _, detail := range sent.Details() {
		switch detail := detail.(type) {
		case *errdetails.ErrorInfo:
			e.Reason = detail.GetReason()
		case *errdetails.BadRequest:
			for _, violation := range detail.GetFieldViolations() {
				e.Field = violation.GetField()
				break
			}
		case *errdetails.ResourceInfo:
			e.Resource = detail.GetResourceName()
		case *errdetails.RetryInfo:
			delay := detail.GetRetryDelay().AsDuration()
			e.RetryDelay = &delay
		}
	}
	if e.Code == codes.Unavailable && e.Reason == "" {
		e.Message = fmt.Sprintf("no server at %s (%s)", target, e.Message)
	}
	return e
}

// attempts are the tries of one call.
type attempts struct {
	client *Client
	failed int
}

// succeeded counts from one again: something of the answer has come.
func (a *attempts) succeeded() {
	a.failed = 0
}

// after waits until the next try, or gives the error that ends the call. A server that names a delay is asked again as long as there is time; one that
// cannot be reached is asked a few times; a server that gives a reason and no delay means it.
func (a *attempts) after(ctx context.Context, failure error) error {
	err := errorOf(ctx, failure, a.client.target)
	if err.Code != codes.Unavailable && err.Code != codes.ResourceExhausted {
		return err
	}
	var delay time.Duration
	if err.RetryDelay != nil {
		delay = *err.RetryDelay
	} else {
		a.failed++
		if err.Reason != "" || err.Code != codes.Unavailable || a.failed >= a.client.attempts {
			return err
		}
		doubled := float64(firstBackoff) * math.Pow(2, float64(a.failed-1))
		delay = time.Duration(min(doubled, float64(longestBackoff)) * (0.8 + 0.4*rand.Float64()))
	}
	if end, has := ctx.Deadline(); has && time.Until(end) <= delay {
		return err
	}
	select {
	case <-time.After(delay):
		return nil
	case <-ctx.Done():
		err.causes = append(err.causes, ctx.Err())
		return err
	}
}

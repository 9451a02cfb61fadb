package dev.synthorax.server.reading;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.synthorax.proto.v1.Failure;
import dev.synthorax.server.grpc.Errors;
import dev.synthorax.server.grpc.EventStream;
import dev.synthorax.server.grpc.InBandFailure;
import dev.synthorax.server.grpc.RequestWindow;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A call of many images: each is answered once, as it is ready. An image for which there is no room
 * waits until one of the same call has left; where there is none, it fails.
 *
 * <p><b>Threading:</b> requests come on the call's thread, answers on any; guarded by its own
 * monitor, which is not held while others are called.
 *
 * @param <Q> a request
 * @param <A> the answer to it
 * @param <R> the message around it
 */
final class ReadingStream<Q, A, R> implements StreamObserver<Q> {
  private final EventStream<R> stream;
  private final RequestWindow<OneImage> window;
  private final ReadingCall.Needs needs;
  private final Messages<Q, A, R> messages;
  private final Workshop.Caller caller = new Workshop.Caller();

  @GuardedBy("this")
  private final Set<OneImage> holding = new HashSet<>(); // let in, and the answer is not on its way

  @GuardedBy("this")
  private @Nullable OneImage waiting; // for room; no other is asked for meanwhile

  /**
   * The messages of a service.
   *
   * @param <Q> a request
   * @param <A> the answer to it
   * @param <R> the message around it
   */
  interface Messages<Q, A, R> {
    /** What a request asks. */
    Reading<A> reading(Q request);

    /** The message of an answer. */
    R answer(String requestId, A answer);

    /** The message of a failure. */
    R failure(String requestId, Failure failure);
  }

  /** Takes over a call; on the thread that it was delivered on. */
  ReadingStream(StreamObserver<R> observer, ReadingCall.Needs needs, Messages<Q, A, R> messages) {
    var call = (ServerCallStreamObserver<R>) observer;
    this.needs = needs;
    this.messages = messages;
    stream = new EventStream<>(call);
    window = new RequestWindow<>(call, stream::complete);
    stream.onEnd(this::end);
  }

  private void end() {
    window.endAll().forEach(image -> image.call.cancel());
    OneImage left = next();
    if (left != null) {
      left.call.refuse(); // nobody hears it
    }
  }

  @Override
  public void onNext(Q request) {
    var image = new OneImage(messages.reading(request));
    if (window.begin(image)) {
      letIn(image);
    }
  }

  /** Sets an image on its way and asks for the next one, or keeps it until there is room. */
  private void letIn(OneImage image) {
    for (boolean again = false; ; again = true) {
      hold(image);
      if (image.call.start() == ReadingCall.Admission.DONE) {
        break;
      }
      if (waits(image)) {
        return;
      }
      if (again) { // others of this call may have left since the first try
        image.call.refuse();
        break;
      }
    }
    window.askForMore();
  }

  private synchronized void hold(OneImage image) {
    holding.add(image);
  }

  private synchronized void drop(OneImage image) {
    holding.remove(image);
  }

  /** Keeps an image that found no room, if another of this call will leave some. */
  private synchronized boolean waits(OneImage image) {
    holding.remove(image);
    waiting = holding.isEmpty() ? null : image;
    return waiting != null;
  }

  private synchronized @Nullable OneImage next() {
    OneImage next = waiting;
    waiting = null;
    return next;
  }

  /** The answer of one image is on its way, or nobody wants it. */
  private void taken(OneImage image) {
    image.call.giveBack();
    drop(image);
    window.taken();
    OneImage next = next();
    if (next != null) {
      needs.workshop().finish(next); // not here: the stream is busy with us
    }
  }

  @Override
  public void onCompleted() {
    window.halfClose();
  }

  @Override
  public void onError(Throwable failure) {
    end();
  }

  /** One image of the stream. */
  private final class OneImage implements ReadingCall.Ending<A>, Workshop.Work {
    private final String id;
    private final ReadingCall<A> call;

    private OneImage(Reading<A> reading) {
      id = reading.requestId();
      call = new ReadingCall<>(reading, needs, caller, this);
    }

    /** It is tried again to let it in. */
    @Override
    public void run() {
      letIn(this);
    }

    @Override
    public void failed(RuntimeException failure) {
      failed(Errors.of(failure));
    }

    @Override
    public void answered(A answer) {
      send(messages.answer(id, answer));
    }

    @Override
    public void failed(StatusRuntimeException failure) {
      send(messages.failure(id, InBandFailure.of(failure)));
    }

    private void send(R message) {
      stream.send(message, () -> taken(this));
      window.end(this);
    }
  }
}

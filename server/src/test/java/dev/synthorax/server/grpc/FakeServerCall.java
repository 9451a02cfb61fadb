package dev.synthorax.server.grpc;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;

/** A call without a network: ready until so many events were sent. */
final class FakeServerCall<T> extends ServerCallStreamObserver<T> {
  @GuardedBy("this")
  private final List<T> sent = new ArrayList<>();

  @GuardedBy("this")
  private int room;

  @GuardedBy("this")
  private int requested;

  @GuardedBy("this")
  private String end = "";

  private Runnable onReady = () -> {};
  private Runnable onCancel = () -> {};
  private Runnable onClose = () -> {};

  /** The client reads so many events. */
  void makeRoom(int events) {
    synchronized (this) {
      room = events;
    }
    onReady.run();
  }

  /** The client leaves. */
  void leave() {
    onCancel.run();
    onClose.run();
  }

  synchronized List<T> sent() {
    return List.copyOf(sent);
  }

  /** How many messages the service has asked for. */
  synchronized int requested() {
    return requested;
  }

  /** The status it was ended with; empty while it is open. */
  synchronized String end() {
    return end;
  }

  @Override
  public synchronized boolean isReady() {
    return room > 0;
  }

  @Override
  public synchronized void onNext(T event) {
    room--;
    sent.add(event);
  }

  @Override
  public synchronized void onError(Throwable failure) {
    end = Status.fromThrowable(failure).getCode().name();
  }

  @Override
  public synchronized void onCompleted() {
    end = "OK";
  }

  @Override
  public void setOnReadyHandler(Runnable handler) {
    onReady = handler;
  }

  @Override
  public void setOnCancelHandler(Runnable handler) {
    onCancel = handler;
  }

  @Override
  public void setOnCloseHandler(Runnable handler) {
    onClose = handler;
  }

  @Override
  public boolean isCancelled() {
    return false;
  }

  @Override
  public void setCompression(String compression) {}

  @Override
  public void disableAutoInboundFlowControl() {}

  @Override
  public void disableAutoRequest() {}

  @Override
  public synchronized void request(int count) {
    requested += count;
  }

  @Override
  public void setMessageCompression(boolean enable) {}
}

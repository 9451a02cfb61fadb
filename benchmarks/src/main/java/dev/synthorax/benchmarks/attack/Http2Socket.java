package dev.synthorax.benchmarks.attack;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.google.errorprone.annotations.MustBeClosed;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * HTTP/2 by hand, to send what no client library would.
 *
 * <p><b>Ownership:</b> owns its socket and the thread that reads it.
 *
 * <p><b>Threading:</b> one thread sends; any may look. Its monitor guards what is written.
 */
final class Http2Socket implements AutoCloseable {
  private static final byte[] PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(US_ASCII);
  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int PING = 6;
  private static final int GOAWAY = 7;
  private static final int CONTINUATION = 9;
  private static final int ACK = 1;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int CANCEL = 8;

  private final Socket socket; // owned
  private final DataOutputStream out;
  private final Map<Integer, CompletableFuture<String>> streams = new ConcurrentHashMap<>();
  private final CompletableFuture<String> end = new CompletableFuture<>();
  private int nextStream = 1;

  private Http2Socket(Socket socket) throws IOException {
    this.socket = socket;
    socket.setTcpNoDelay(true);
    this.out = new DataOutputStream(new java.io.BufferedOutputStream(socket.getOutputStream()));
    out.write(PREFACE);
    frame(SETTINGS, 0, 0, new byte[0]);
    out.flush();
    var input = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    Thread.ofVirtual().start(() -> read(input));
  }

  @MustBeClosed
  static Http2Socket open(int port) throws IOException {
    return new Http2Socket(new Socket(InetAddress.getLoopbackAddress(), port));
  }

  /** The headers of a call as a good client sends them, to be changed. */
  static Map<String, String> headers(String path) {
    var headers = new LinkedHashMap<String, String>();
    headers.put(":method", "POST");
    headers.put(":scheme", "http");
    headers.put(":path", path);
    headers.put(":authority", "localhost");
    headers.put("content-type", "application/grpc");
    headers.put("te", "trailers");
    return headers;
  }

  /** A message with the five bytes that go before it. */
  static byte[] framed(int flag, int length, byte[] message) throws IOException {
    var bytes = new ByteArrayOutputStream();
    var data = new DataOutputStream(bytes);
    data.writeByte(flag);
    data.writeInt(length);
    data.write(message);
    return bytes.toByteArray();
  }

  /** Sends a whole call; the answer is its status in words, or how it was cut. */
  CompletableFuture<String> call(Map<String, String> headers, byte[] body) throws IOException {
    int stream = begin(headers);
    CompletableFuture<String> answer = streams.getOrDefault(stream, end);
    message(stream, body);
    flush();
    return answer;
  }

  /** Opens a stream and sends no more of it yet. */
  int begin(Map<String, String> headers) throws IOException {
    int stream = nextStream;
    nextStream += 2;
    streams.put(stream, new CompletableFuture<>());
    var block = new ByteArrayOutputStream();
    headers.forEach(
        (name, value) -> {
          block.write(0); // a literal that is not indexed, name and value in plain bytes
          text(block, name);
          text(block, value);
        });
    frame(HEADERS, END_HEADERS, stream, block.toByteArray());
    return stream;
  }

  /** Sends a message on a stream that {@link #begin} opened, and its end. */
  void message(int stream, byte[] body) throws IOException {
    frame(DATA, END_STREAM, stream, body);
  }

  /** Takes a stream back. */
  void reset(int stream) throws IOException {
    frame(RST_STREAM, 0, stream, new byte[] {0, 0, 0, CANCEL});
  }

  /** Sends what was written. */
  synchronized void flush() throws IOException {
    out.flush();
  }

  /** How the connection ended, once it has. */
  CompletableFuture<String> end() {
    return end;
  }

  private static void text(ByteArrayOutputStream block, String text) {
    byte[] bytes = text.getBytes(US_ASCII);
    if (bytes.length >= 127) {
      throw new IllegalArgumentException("text of " + bytes.length + " bytes (expected: < 127)");
    }
    block.write(bytes.length);
    block.writeBytes(bytes);
  }

  private synchronized void frame(int type, int flags, int stream, byte[] payload)
      throws IOException {
    out.writeByte(payload.length >> 16);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
  }

  private void read(DataInputStream input) {
    var decoder = new DefaultHttp2HeadersDecoder(false);
    var block = new ByteArrayOutputStream();
    int blockFlags = 0;
    String why = "closed";
    try {
      while (true) {
        int length = input.readUnsignedByte() << 16 | input.readUnsignedShort();
        int type = input.readUnsignedByte();
        int flags = input.readUnsignedByte();
        int stream = input.readInt();
        byte[] payload = input.readNBytes(length);
        if (type == HEADERS || type == CONTINUATION) {
          block.writeBytes(payload);
          blockFlags |= flags;
          if ((flags & END_HEADERS) != 0) {
            heard(stream, blockFlags, decode(decoder, stream, block));
            blockFlags = 0;
          }
        } else if (type == RST_STREAM) {
          complete(stream, "reset " + payload[3]);
        } else if (type == GOAWAY) {
          why = "told to go away, code " + payload[7];
        } else if ((type == SETTINGS || type == PING) && (flags & ACK) == 0) {
          frame(type, ACK, 0, type == PING ? payload : new byte[0]);
          flush();
        }
      }
    } catch (IOException | Http2Exception e) {
      end.complete(why);
      String ended = why;
      streams.values().forEach(answer -> answer.complete("connection " + ended));
    }
  }

  private static Http2Headers decode(
      DefaultHttp2HeadersDecoder decoder, int stream, ByteArrayOutputStream block)
      throws Http2Exception {
    var bytes = Unpooled.wrappedBuffer(block.toByteArray());
    block.reset();
    return decoder.decodeHeaders(stream, bytes);
  }

  private void heard(int stream, int flags, Http2Headers headers) {
    boolean good = headers.status() == null || "200".contentEquals(headers.status());
    if ((flags & END_STREAM) == 0 && good) {
      return; // headers of an answer that goes on
    }
    CharSequence status = headers.get("grpc-status");
    if (status == null) {
      complete(stream, "HTTP " + headers.status());
      return;
    }
    var code = io.grpc.Status.fromCodeValue(Integer.parseInt(status.toString())).getCode();
    boolean details = headers.contains("grpc-status-details-bin");
    String http = good ? "" : "HTTP " + headers.status() + " ";
    complete(stream, http + code + (details ? " with details" : ""));
  }

  private void complete(int stream, String answer) {
    CompletableFuture<String> waiting = streams.remove(stream);
    if (waiting != null) {
      waiting.complete(answer);
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

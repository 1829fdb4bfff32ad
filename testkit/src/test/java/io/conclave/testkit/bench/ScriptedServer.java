package io.conclave.testkit.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server of one's own words: for each request it is asked what to do with the connection. */
final class ScriptedServer implements AutoCloseable {
  /** What to do about one request. */
  interface Script {
    /**
     * Answers on the stream, or not.
     *
     * @return whether the connection stays open for the next request
     */
    boolean answer(String requestLine, OutputStream out) throws IOException;
  }

  private final ServerSocket server = new ServerSocket(0, 512, InetAddress.getLoopbackAddress());
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Script script;

  ScriptedServer(Script script) throws IOException {
    this.script = script;
    threads.submit(this::accept);
  }

  Target target() {
    return Target.parse("http://127.0.0.1:" + server.getLocalPort(), "scripted", false);
  }

  private Void accept() throws IOException {
    while (true) {
      Socket socket = server.accept();
      threads.submit(
          () -> {
            serve(socket);
            return null;
          });
    }
  }

  private void serve(Socket socket) throws IOException {
    try (socket;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII))) {
      boolean open = true;
      while (open) {
        String requestLine = in.readLine();
        if (requestLine == null) {
          return;
        }
        skipRest(in);
        open = script.answer(requestLine, socket.getOutputStream());
      }
    }
  }

  private static void skipRest(BufferedReader in) throws IOException {
    long length = 0;
    for (String line = in.readLine(); line != null && !line.isEmpty(); line = in.readLine()) {
      if (line.startsWith("Content-Length: ")) {
        length = Long.parseLong(line.substring(16));
      }
    }
    for (long i = 0; i < length; i++) {
      in.read();
    }
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.shutdownNow();
  }
}

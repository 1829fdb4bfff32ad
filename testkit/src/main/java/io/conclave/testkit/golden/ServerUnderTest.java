package io.conclave.testkit.golden;

import java.io.IOException;
import java.net.URI;
import java.util.List;

/** A server that a recording is replayed against; it owns its data and removes it at the end. */
public interface ServerUnderTest extends AutoCloseable {

  /** Makes a server that is not started yet, with ports and a data directory of its own. */
  @FunctionalInterface
  interface Factory {
    ServerUnderTest create() throws IOException;
  }

  /**
   * Starts it on an empty data directory. It need not be ready when this returns.
   *
   * @param arguments flags besides the usual ones
   */
  void start(List<String> arguments) throws IOException, InterruptedException;

  /** Where clients reach it, such as {@code http://127.0.0.1:2379}. */
  URI clientUrl();

  /** Where peers reach it. */
  URI peerUrl();

  /**
   * Stops it and starts it with the same flags on the same data.
   *
   * @param kill whether it gets no chance to do anything before it ends
   */
  void restart(boolean kill) throws IOException, InterruptedException;

  /**
   * Complains when it has ended by itself.
   *
   * @throws IllegalStateException with its last words
   */
  void requireAlive();

  /** The end of its log, for messages about failures; may be empty. */
  String lastWords();

  /** Stops it, if it runs, and removes its data. */
  @Override
  void close() throws IOException;
}

package io.conclave.testkit.golden;

import io.conclave.raft.core.Bytes;
import io.conclave.testkit.wire.WireHeader;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** One step of a recording. Its number counts from 1. */
sealed interface GoldenStep {
  int number();

  /** What was recorded; nothing for steps that only do something. */
  Optional<Answer> expected();

  /** How long the step takes by itself, because it waits. */
  default Duration length() {
    return switch (this) {
      case Sleep sleep -> sleep.pause();
      case Silent silent -> silent.patience();
      case Exchange exchange -> Duration.ZERO;
      case Open open -> Duration.ZERO;
      case Read read -> Duration.ZERO;
      case Close close -> Duration.ZERO;
      case Restart restart -> Duration.ZERO;
    };
  }

  /** What a person calls this step. */
  String describe();

  /** How much of a body is compared. */
  enum Comparison {
    /** All of it. */
    WHOLE,
    /** None of it. */
    STATUS,
    /** The recorded field names must be there. */
    KEYS,
    /** The recorded metrics must be there, with their types. */
    METRIC_NAMES
  }

  /**
   * What to send; its texts still contain placeholders.
   *
   * @param body text before the repeated piece, if any
   * @param piece sent {@code times} times behind the body
   * @param toPeer whether it goes to the peer port
   * @param unordered whether lists of nodes come in an order of the server's choice
   * @param timeout how long no answer is an answer, where it is
   */
  record Request(
      String method,
      String path,
      List<WireHeader> headers,
      Optional<String> body,
      Optional<Bytes> bytes,
      String piece,
      int times,
      boolean toPeer,
      boolean unordered,
      Optional<Duration> timeout) {}

  /** A plain exchange. */
  record Exchange(int number, Request request, Comparison comparison, Answer answer)
      implements GoldenStep {
    @Override
    public Optional<Answer> expected() {
      return Optional.of(answer);
    }

    @Override
    public String describe() {
      return request.method() + " " + request.path();
    }
  }

  /** Starts a request whose body is read later; only the head is waited for. */
  record Open(int number, String connection, Request request, Answer answer) implements GoldenStep {
    @Override
    public Optional<Answer> expected() {
      return Optional.of(answer);
    }

    @Override
    public String describe() {
      return "open " + connection + ": " + request.method() + " " + request.path();
    }
  }

  /** Reads the next line of an open body. */
  record Read(int number, String connection, Duration patience, Answer answer)
      implements GoldenStep {
    @Override
    public Optional<Answer> expected() {
      return Optional.of(answer);
    }

    @Override
    public String describe() {
      return "read " + connection;
    }
  }

  /** Nothing may come on an open body in that time. */
  record Silent(int number, String connection, Duration patience, Answer answer)
      implements GoldenStep {
    @Override
    public Optional<Answer> expected() {
      return Optional.of(answer);
    }

    @Override
    public String describe() {
      return "silent " + connection;
    }
  }

  /** The client closes an open connection. */
  record Close(int number, String connection) implements GoldenStep {
    @Override
    public Optional<Answer> expected() {
      return Optional.empty();
    }

    @Override
    public String describe() {
      return "close " + connection;
    }
  }

  /** Lets time pass, because the server's clock matters. */
  record Sleep(int number, Duration pause) implements GoldenStep {
    @Override
    public Optional<Answer> expected() {
      return Optional.empty();
    }

    @Override
    public String describe() {
      return "sleep " + pause;
    }
  }

  /** Stops the server, with or without warning, and starts it on the same data. */
  record Restart(int number, boolean kill) implements GoldenStep {
    @Override
    public Optional<Answer> expected() {
      return Optional.empty();
    }

    @Override
    public String describe() {
      return kill ? "kill and restart" : "restart";
    }
  }
}

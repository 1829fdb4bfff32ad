package io.conclave.testkit.linear;

/**
 * The beginning of an answered operation, or its answer; a node of a list in the order of instants.
 */
final class Event {
  final Move move;
  final int number;
  final long instant;

  /** Of a beginning; null for an answer. */
  final Event answer;

  Event previous;
  Event next;

  Event(Move move, int number, long instant, Event answer) {
    this.move = move;
    this.number = number;
    this.instant = instant;
    this.answer = answer;
  }

  boolean isCall() {
    return answer != null;
  }

  void unlink() {
    previous.next = next;
    if (next != null) {
      next.previous = previous;
    }
  }

  void relink() {
    previous.next = this;
    if (next != null) {
      next.previous = this;
    }
  }
}

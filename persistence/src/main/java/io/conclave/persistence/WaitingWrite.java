package io.conclave.persistence;

import io.conclave.persistence.LeveldbSegment.Event;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A write for which there was no room yet.
 *
 * @param done completed with what Pekko takes for success, an empty list, or with the failure
 */
record WaitingWrite(List<Event> events, CompletableFuture<Iterable<Optional<Exception>>> done) {
  static WaitingWrite of(List<Event> events) {
    return new WaitingWrite(events, new CompletableFuture<>());
  }

  long bytes() {
    return events.stream().mapToLong(event -> event.payload().length).sum();
  }
}

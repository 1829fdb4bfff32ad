package io.conclave.raft.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class SnapshotTransferStateTest {
  private static final int CHUNK = SnapshotTransferState.CHUNK_BYTES;
  private static final SnapshotTransferState.Timing TIMING =
      new SnapshotTransferState.Timing(10, 40, 100);

  @Test
  void asksForFourChunksAndThenOneForEachThatCame() {
    SnapshotTransferState state = state(10 * CHUNK);
    assertEquals(offsets(0, 1, 2, 3), state.fetches());
    assertEquals(List.of(), state.fetches());
    state.received(0, chunk(CHUNK));
    assertEquals(offsets(4), state.fetches());
  }

  @Test
  void writesInOrderWhateverTheOrderOfArrival() {
    SnapshotTransferState state = state(3 * CHUNK + 5);
    state.fetches();
    assertEquals(List.of(), state.received(2L * CHUNK, chunk(CHUNK)));
    assertEquals(List.of(), state.received(3L * CHUNK, chunk(5)));
    assertEquals(1, state.received(0, chunk(CHUNK)).size());
    assertFalse(state.isComplete());
    assertEquals(3, state.received(CHUNK, chunk(CHUNK)).size());
    assertTrue(state.isComplete());
    assertEquals(3L * CHUNK + 5, state.written());
    assertEquals(List.of(), state.fetches());
  }

  @Test
  void chunksThatWaitForAnEarlierOneCountAsOutstanding() {
    SnapshotTransferState state = state(10 * CHUNK);
    state.fetches();
    for (int i = 1; i <= 3; i++) {
      state.received((long) i * CHUNK, chunk(CHUNK));
    }
    assertEquals(List.of(), state.fetches(), "memory is bounded by four chunks");
  }

  @Test
  void aRepeatedOrUnwantedChunkIsIgnored() {
    SnapshotTransferState state = state(10 * CHUNK);
    state.fetches();
    assertEquals(1, state.received(0, chunk(CHUNK)).size());
    assertEquals(0, state.received(0, chunk(CHUNK)).size());
    assertEquals(0, state.received(7L * CHUNK, chunk(CHUNK)).size());
    assertEquals(0, state.received(13, chunk(CHUNK)).size());
    assertEquals(0, state.received(CHUNK, chunk(CHUNK - 1)).size());
    assertEquals(CHUNK, state.written());
  }

  @Test
  void asksAgainLaterAndLater() {
    SnapshotTransferState state = state(CHUNK);
    state.fetches();
    assertEquals(List.of(10, 30, 70), askedAgain(state, 99));
  }

  @Test
  void givesUpAfterALongSilenceOnly() {
    SnapshotTransferState state = state(2 * CHUNK);
    state.fetches();
    askedAgain(state, 99);
    assertFalse(state.isGivenUp());
    state.received(0, chunk(CHUNK));
    askedAgain(state, 99);
    assertFalse(state.isGivenUp());
    state.tick();
    assertTrue(state.isGivenUp());
  }

  @Test
  void asksForEverythingOutstandingWhenTheSenderIsBack() {
    SnapshotTransferState state = state(10 * CHUNK);
    state.fetches();
    state.received(0, chunk(CHUNK));
    askedAgain(state, 50);
    state.fetches();
    state.resume();
    assertEquals(offsets(1, 2, 3, 4), state.fetches());
  }

  @Test
  void continuesWhereAnEarlierAttemptStopped() {
    var state = new SnapshotTransferState(2 * CHUNK + 7, CHUNK + 3, TIMING);
    assertEquals(List.of(CHUNK + 3L, 2L * CHUNK + 3), state.fetches());
    state.received(CHUNK + 3, chunk(CHUNK));
    state.received(2 * CHUNK + 3, chunk(4));
    assertTrue(state.isComplete());
  }

  @Test
  void anEmptyOrFinishedSnapshotIsComplete() {
    assertTrue(state(0).isComplete());
    assertTrue(new SnapshotTransferState(9, 9, TIMING).isComplete());
  }

  @Test
  void comesToItsEndOverALossyUnorderedNetwork() {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      int size = random.nextInt(20 * CHUNK);
      SnapshotTransferState state = state(size);
      List<Long> network = new ArrayList<>();
      long written = 0;
      for (int step = 0; !state.isComplete(); step++) {
        assertTrue(step < 5000, "no end with seed " + seed);
        network.addAll(state.fetches());
        Collections.shuffle(network, random);
        network.removeIf(offset -> random.nextInt(4) == 0);
        for (Long offset : List.copyOf(network)) {
          int length = (int) Math.min(CHUNK, size - offset);
          for (Bytes bytes : state.received(offset, chunk(length))) {
            written += bytes.length();
          }
        }
        state.tick();
      }
      assertEquals(size, written);
    }
  }

  private static List<Integer> askedAgain(SnapshotTransferState state, int ticks) {
    List<Integer> asked = new ArrayList<>();
    for (int tick = 1; tick <= ticks; tick++) {
      state.tick();
      if (!state.fetches().isEmpty()) {
        asked.add(tick);
      }
    }
    return asked;
  }

  private static SnapshotTransferState state(long sizeBytes) {
    return new SnapshotTransferState(sizeBytes, 0, TIMING);
  }

  private static List<Long> offsets(int... chunks) {
    List<Long> offsets = new ArrayList<>();
    for (int chunk : chunks) {
      offsets.add((long) chunk * CHUNK);
    }
    return offsets;
  }

  private static Bytes chunk(int length) {
    return Bytes.adopt(new byte[length]);
  }
}

package io.conclave.raft.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ReadBarrierTest {
  private final ReadBarrier<String> reads = new ReadBarrier<>(10, 5);

  @Test
  void givesUpOnlyWhatWaitsForEntriesThatAreNotThere() {
    reads.roleChanged(new Effect.RoleChanged(Role.FOLLOWER, 1, new MemberId(2)));
    for (String reader : List.of("applied", "on its way", "missing", "not answered")) {
      reads.register(reader, 1000);
    }
    List<Long> ids = reads.attempts().stream().map(Input.ReadIndex::id).toList();
    reads.confirmed(new Effect.ReadConfirmed(List.of(ids.get(0)), 5));
    reads.confirmed(new Effect.ReadConfirmed(List.of(ids.get(1)), 7));
    reads.confirmed(new Effect.ReadConfirmed(List.of(ids.get(2)), 8));
    assertEquals(List.of("missing"), reads.giveUpBehind(7));
    assertEquals(List.of("applied"), reads.ready());
    reads.applied(7);
    assertEquals(List.of("on its way"), reads.ready());
    assertEquals(1, reads.size());
  }
}

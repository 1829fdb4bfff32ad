package io.conclave.keyspace;

import static io.conclave.raft.core.Require.require;

import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.KeySpaceBatch;
import io.conclave.keyspace.tree.LiveEvent;
import io.conclave.keyspace.tree.Outcome;
import io.conclave.raft.codec.MalformedData;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.LogEntry;
import io.conclave.raft.core.LogEntry.Payload;
import io.conclave.raft.core.LogPosition;
import java.util.ArrayList;
import java.util.List;

/**
 * The tree together with how far of the log it holds; what each kind of entry does to it. Not
 * thread-safe, but the trees that it gives out are immutable.
 */
public final class AppliedTree {
  private KeySpace tree;
  private LogPosition position;

  /**
   * What a batch of entries did.
   *
   * @param outcomes one for each entry
   * @param events what watchers are told, in order
   */
  public record Applied(List<Outcome> outcomes, List<LiveEvent> events) {}

  /**
   * @param position of the last entry in {@code tree}
   */
  public AppliedTree(KeySpace tree, LogPosition position) {
    this.tree = tree;
    this.position = position;
  }

  /**
   * Applies entries that continue the log; throws if they don't.
   *
   * @throws MalformedData if a command can't be read
   */
  public Applied apply(List<LogEntry> entries) {
    KeySpaceBatch batch = tree.batch();
    List<Outcome> outcomes = new ArrayList<>(entries.size());
    List<LiveEvent> events = new ArrayList<>(entries.size());
    for (LogEntry entry : entries) {
      KeySpaceBatch.Applied step = apply(batch, entry);
      outcomes.add(step.outcome());
      events.addAll(step.events());
    }
    tree = batch.seal();
    return new Applied(outcomes, events);
  }

  private KeySpaceBatch.Applied apply(KeySpaceBatch batch, LogEntry entry) {
    require(
        entry.index() == position.index() + 1 && entry.term() >= position.term(),
        "entry %s does not follow %s",
        entry.position(),
        position);
    position = entry.position();
    return switch (entry.payload()) {
      case Payload.Empty() -> new KeySpaceBatch.Applied(new Outcome.Done(batch.index()), List.of());
      case Payload.Command(var bytes) -> batch.apply(decode(bytes), entry.stamp());
      case Payload.Bootstrap(var membership) -> batch.applyBootstrap(membership, entry.stamp());
      case Payload.Reconfigure(var membership, var change) ->
          batch.applyReconfigure(membership, change, entry.stamp());
    };
  }

  /** An installed snapshot takes the place of everything before. */
  public void replace(KeySpace installed, LogPosition at) {
    require(at.index() > position.index(), "%s replaced by a snapshot at %s", position, at);
    tree = installed;
    position = at;
  }

  private Command decode(Bytes command) {
    try {
      return CommandCodec.decode(command);
    } catch (MalformedData e) {
      throw new MalformedData("entry " + position.index() + ": " + e.getMessage());
    }
  }

  public KeySpace tree() {
    return tree;
  }

  public LogPosition position() {
    return position;
  }
}

package io.conclave.keyspace;

import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeySpace;
import java.util.Optional;

/**
 * How much of the heap the keys may take at this member. It decides before a command is proposed
 * and never when one is applied: what is in the log is applied by all members alike, whatever their
 * heaps.
 *
 * @param bytesMax as {@link KeySpace#treeBytes} estimates them
 */
public record TreeLimit(long bytesMax) {
  private static final long MIB = 1 << 20;

  /**
   * Whether to propose {@code command}; deletes always pass, and so does what makes a value
   * shorter.
   *
   * @param tree the newest that is applied
   * @param pendingBytes of commands that are under way and not in {@code tree} yet
   * @return empty if it may be proposed, else why not, for the client
   */
  public Optional<String> refusal(KeySpace tree, Command command, long pendingBytes) {
    long bytes = tree.treeBytes();
    if (bytes + pendingBytes <= bytesMax / 2) {
      return Optional.empty();
    }
    long growth = tree.growth(command);
    if (growth == 0 || bytes + pendingBytes + growth <= bytesMax) {
      return Optional.empty();
    }
    return Optional.of(
        ("out of memory for keys: they take %d MiB and may take %d MiB, this write would add %d"
                + " bytes; delete keys, or raise -Xmx in deploy/jvm.options or JAVA_OPTS")
            .formatted(bytes / MIB, bytesMax / MIB, growth));
  }
}

package io.conclave.keyspace;

import io.conclave.keyspace.tree.Command;
import io.conclave.keyspace.tree.KeyPath;
import io.conclave.keyspace.tree.KeySpace;
import io.conclave.keyspace.tree.KeySpaceBatch;
import io.conclave.keyspace.tree.Ttl;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.core.Stamp;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Prints what the key space costs: bytes a key, commands a second, milliseconds of a listing and of
 * a snapshot. Run by hand; arguments: keys, keys a directory, percent of keys with a TTL.
 */
final class KeySpaceMeasurement {
  private static final Stamp STAMP = new Stamp(1_000, 1_700_000_000_000L);
  private static final int VALUE_BYTES = 64;
  private static final int ROUNDS = 5;

  private final int keys;
  private final int keysEachDirectory;
  private final int ttlPercent;
  private final SplittableRandom random = new SplittableRandom(7);
  private final PrintStream out = System.out;

  private KeySpaceMeasurement(int keys, int keysEachDirectory, int ttlPercent) {
    this.keys = keys;
    this.keysEachDirectory = keysEachDirectory;
    this.ttlPercent = ttlPercent;
  }

  /** Three numbers, as told above. */
  public static void main(String[] arguments) {
    new KeySpaceMeasurement(
            Integer.parseInt(arguments[0]),
            Integer.parseInt(arguments[1]),
            Integer.parseInt(arguments[2]))
        .run();
  }

  private void run() {
    long before = liveBytes();
    KeySpace tree = filled();
    long after = liveBytes();
    tell("heap bytes a key", (after - before) / (double) keys);
    for (int round = 0; round < ROUNDS; round++) {
      tell("get ns", readSome(tree));
      tell("applies/s, one by one", replaceSome(tree, 1));
      tell("applies/s, batches of 100", replaceSome(tree, 100));
      tell("applies/s with decoding, batches of 100", decodeAndReplaceSome(tree));
    }
    listDirectories();
    for (int round = 0; round < ROUNDS; round++) {
      snapshot(tree);
    }
    deleteEverything(tree);
  }

  private KeySpace filled() {
    KeySpaceBatch batch = KeySpace.initial(1_000).batch();
    KeySpace tree = null;
    for (int i = 0; i < keys; i++) {
      batch.apply(set(i), STAMP);
      if (i % 100 == 99 || i == keys - 1) {
        tree = batch.seal();
        batch = tree.batch();
      }
    }
    return tree;
  }

  private double readSome(KeySpace tree) {
    int reads = 200_000;
    KeyPath[] paths = new KeyPath[reads];
    for (int i = 0; i < reads; i++) {
      paths[i] = path(random.nextInt(keys));
    }
    long begin = cpuNanos();
    for (KeyPath path : paths) {
      tree.get(path, false, false, STAMP.clusterTime());
    }
    return (cpuNanos() - begin) / (double) reads;
  }

  private double replaceSome(KeySpace start, int batchSize) {
    int writes = 200_000;
    Command[] commands = new Command[writes];
    for (int i = 0; i < writes; i++) {
      commands[i] = set(random.nextInt(keys));
    }
    KeySpace tree = start;
    long begin = cpuNanos();
    for (int i = 0; i < writes; i += batchSize) {
      KeySpaceBatch batch = tree.batch();
      for (int j = i; j < i + batchSize; j++) {
        batch.apply(commands[j], STAMP);
      }
      tree = batch.seal();
    }
    return writes * 1e9 / (cpuNanos() - begin);
  }

  private double decodeAndReplaceSome(KeySpace start) {
    int writes = 200_000;
    Bytes[] commands = new Bytes[writes];
    for (int i = 0; i < writes; i++) {
      commands[i] = CommandCodec.encode(set(random.nextInt(keys)));
    }
    KeySpace tree = start;
    long begin = cpuNanos();
    for (int i = 0; i < writes; i += 100) {
      KeySpaceBatch batch = tree.batch();
      for (int j = i; j < i + 100; j++) {
        batch.apply(CommandCodec.decode(commands[j]), STAMP);
      }
      tree = batch.seal();
    }
    return writes * 1e9 / (cpuNanos() - begin);
  }

  private void listDirectories() {
    KeySpaceBatch batch = KeySpace.initial(1_000).batch();
    KeyPath directory = KeyPath.of("/list");
    for (int i = 0; i < 10_000; i++) {
      KeyPath key = directory.child(Bytes.utf8("key-%08d".formatted(i)));
      batch.apply(new Command.Set(key, value(i), false, Ttl.PERMANENT, false), STAMP);
    }
    KeySpace tree = batch.seal();
    for (int round = 0; round < 200; round++) {
      long begin = cpuNanos();
      tree.get(directory, false, true, STAMP.clusterTime());
      if (round >= 195) {
        tell("ms to list 10,000", (cpuNanos() - begin) / 1e6);
      }
    }
  }

  private void snapshot(KeySpace tree) {
    List<Bytes> chunks = new ArrayList<>();
    long begin = cpuNanos();
    TreeCodec.write(tree, chunks::add);
    tell("ms to write a snapshot", (cpuNanos() - begin) / 1e6);
    tell("MB of it", chunks.stream().mapToLong(Bytes::length).sum() / 1e6);
    TreeCodec.Reader reader = new TreeCodec.Reader();
    begin = cpuNanos();
    chunks.forEach(reader::accept);
    reader.finish();
    tell("ms to read it", (cpuNanos() - begin) / 1e6);
  }

  private void deleteEverything(KeySpace tree) {
    long begin = cpuNanos();
    tree.apply(new Command.Delete(KeyPath.of("/registry"), true, true), STAMP);
    tell("ms to delete all recursively", (cpuNanos() - begin) / 1e6);
  }

  private Command set(int number) {
    Ttl ttl = number % 100 < ttlPercent ? new Ttl.Seconds(1_000_000L) : Ttl.PERMANENT;
    return new Command.Set(path(number), value(number), false, ttl, false);
  }

  private KeyPath path(int number) {
    return KeyPath.of("/registry/dir-%05d/key-%08d".formatted(number / keysEachDirectory, number));
  }

  private static Bytes value(int number) {
    byte[] value = new byte[VALUE_BYTES];
    value[0] = (byte) number;
    return Bytes.adopt(value);
  }

  private void tell(String what, double figure) {
    out.printf(Locale.ROOT, "%-42s %,12.1f%n", what, figure);
  }

  /** Of this thread, so that what else runs on the machine disturbs less. */
  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static long liveBytes() {
    for (int i = 0; i < 3; i++) {
      System.gc();
    }
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}

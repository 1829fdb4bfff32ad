package io.conclave.node;

import static java.util.Comparator.comparingLong;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import java.net.InetAddress;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * The places for Artery connections. When all are taken, a newcomer gets one whose holder has been
 * silent: the connection of a machine that is gone, or a stranger's. The holder must be of the
 * newcomer's own address, or of one that has more places than the newcomer's has; so a stranger
 * with many connections takes none from a member with few. A living peer that gives way loses
 * nothing: it was not sending, and connects again with its next message.
 *
 * <p>Any thread.
 */
final class ArterySlots<H extends ArterySlots.Holder> {
  private final int max;
  private final long silenceNanos;
  private final LongSupplier nanoTime;
  private final Set<H> holders = new HashSet<>();

  /** A connection that has a place, or wants one; compared by identity. */
  interface Holder {
    InetAddress address();

    /** When something came from it last, in the terms of {@link System#nanoTime}. */
    long heardNanos();
  }

  /**
   * What a newcomer got.
   *
   * @param gaveWay whose place it is now; to be closed by whoever asked
   */
  record Outcome<H>(boolean admitted, Optional<H> gaveWay) {}

  /**
   * @param max places
   * @param silence after which a holder may have to give way
   */
  ArterySlots(int max, Duration silence, LongSupplier nanoTime) {
    this.max = max;
    this.silenceNanos = silence.toNanos();
    this.nanoTime = nanoTime;
  }

  /** If it is admitted, {@link #release} must follow. */
  synchronized Outcome<H> take(H newcomer) {
    if (holders.size() < max) {
      holders.add(newcomer);
      return new Outcome<>(true, Optional.empty());
    }
    Optional<H> silent = silent(newcomer.address());
    if (silent.isPresent()) {
      holders.remove(silent.get());
      holders.add(newcomer);
    }
    return new Outcome<>(silent.isPresent(), silent);
  }

  /** Also for one that has given way. */
  synchronized void release(H holder) {
    holders.remove(holder);
  }

  synchronized int taken() {
    return holders.size();
  }

  /** Of the address with the most places, who has been silent longest. */
  private Optional<H> silent(InetAddress newcomer) {
    long now = nanoTime.getAsLong();
    Map<InetAddress, Long> places =
        holders.stream().collect(groupingBy(Holder::address, counting()));
    long own = places.getOrDefault(newcomer, 0L);
    Comparator<H> byPlaces = comparingLong(holder -> places.get(holder.address()));
    return holders.stream()
        .filter(holder -> now - holder.heardNanos() >= silenceNanos)
        .filter(holder -> holder.address().equals(newcomer) || places.get(holder.address()) > own)
        .max(byPlaces.thenComparingLong(holder -> now - holder.heardNanos()));
  }
}

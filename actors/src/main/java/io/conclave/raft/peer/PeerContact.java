package io.conclave.raft.peer;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Where one member may be, and whether it was heard of lately. Not thread-safe. */
final class PeerContact {
  private List<String> configured = List.of();
  private Optional<String> answered = Optional.empty();
  private int attempts;
  private long heardBefore = -1;

  void configure(List<String> peerUrls) {
    configured = peerUrls.stream().flatMap(url -> PeerAddress.ofUrl(url).stream()).toList();
  }

  /** The member introduced itself with this address, which it keeps as long as it runs. */
  void answered(String address) {
    answered = Optional.of(address);
    attempts = 0;
  }

  /** The one that answered last, then the configured ones, in turns. */
  Optional<String> nextAddress() {
    Set<String> candidates = new LinkedHashSet<>();
    answered.ifPresent(candidates::add);
    candidates.addAll(configured);
    return candidates.stream()
        .skip(candidates.isEmpty() ? 0 : attempts++ % candidates.size())
        .findFirst();
  }

  /**
   * Whether nothing came since the last call.
   *
   * @param heard messages accepted from the member so far, -1 if it is not known
   */
  boolean isSilent(long heard) {
    boolean silent = heard < 0 || heard == heardBefore;
    heardBefore = heard;
    return silent;
  }
}

package io.conclave.raft.core;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;

/** What a majority of voters agrees on. No voters never agree on anything. */
final class Quorum {
  private Quorum() {}

  /** State of a vote. */
  enum Result {
    WON,
    LOST,
    PENDING
  }

  /**
   * The largest value that a majority of {@code voters} has reached, or 0 if there are none.
   *
   * @param reached what each voter has reached, not negative
   */
  static long reachedByMajority(List<MemberId> voters, ToLongFunction<MemberId> reached) {
    if (voters.isEmpty()) {
      return 0;
    }
    long[] sorted = voters.stream().mapToLong(reached).sorted().toArray();
    return sorted[(sorted.length - 1) / 2];
  }

  /** Answers of an election; only those of voters count, and only the first of each. */
  static final class Tally {
    private final Map<MemberId, Boolean> answers = new HashMap<>();

    void record(MemberId voter, boolean granted) {
      answers.putIfAbsent(voter, granted);
    }

    Result result(Membership membership) {
      int granted = 0;
      int rejected = 0;
      List<MemberId> voters = membership.voters();
      for (MemberId voter : voters) {
        Boolean answer = answers.get(voter);
        granted += Boolean.TRUE.equals(answer) ? 1 : 0;
        rejected += Boolean.FALSE.equals(answer) ? 1 : 0;
      }
      if (granted >= membership.quorum()) {
        return Result.WON;
      }
      return voters.size() - rejected < membership.quorum() ? Result.LOST : Result.PENDING;
    }
  }
}

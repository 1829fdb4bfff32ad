package io.conclave.raft.core;

import static io.conclave.raft.core.Require.require;

import java.util.Collection;
import java.util.List;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The configuration of the cluster: who votes, who learns, who was removed. The newest one in the
 * log is in force from the moment it is appended (Ongaro's thesis §4.1).
 *
 * @param members by id; read-only
 * @param removed ids that may never come back; read-only
 */
public record Membership(NavigableMap<MemberId, Member> members, NavigableSet<MemberId> removed) {
  /** Of a member that has not heard of its cluster yet. */
  public static final Membership EMPTY = new Membership(new TreeMap<>(), new TreeSet<>());

  /** Most members of one cluster, voters and learners together. */
  public static final int MEMBERS_MAX = 64;

  /**
   * One member as the log knows it.
   *
   * @param name from the initial cluster, or "" for a member added at run time (its later name is
   *     an attribute that it publishes into the key space)
   * @param peerUrls sorted, not empty
   * @param learner does not vote yet
   */
  public record Member(MemberId id, String name, List<String> peerUrls, boolean learner) {
    public Member {
      require(!id.isNone(), "member without an id");
      peerUrls = peerUrls.stream().sorted().toList();
    }
  }

  /** A single step from one configuration to the next. */
  public sealed interface Change {
    MemberId id();

    /** Adds {@code member}, which must be a learner. */
    record Add(Member member) implements Change {
      @Override
      public MemberId id() {
        return member.id();
      }
    }

    /** Makes a learner a voter. */
    record Promote(MemberId id) implements Change {}

    /** Removes a voter or a learner for ever. */
    record Remove(MemberId id) implements Change {}

    /** Gives a member other peer URLs. */
    record UpdatePeerUrls(MemberId id, List<String> peerUrls) implements Change {
      public UpdatePeerUrls {
        peerUrls = peerUrls.stream().sorted().toList();
      }
    }
  }

  public Membership {
    require(members.size() <= MEMBERS_MAX, "more than %d members", MEMBERS_MAX);
    members = java.util.Collections.unmodifiableNavigableMap(new TreeMap<>(members));
    removed = java.util.Collections.unmodifiableNavigableSet(new TreeSet<>(removed));
  }

  /** The first configuration: all of {@code initial}, nobody removed. */
  public static Membership of(Collection<Member> initial) {
    TreeMap<MemberId, Member> members = new TreeMap<>();
    for (Member member : initial) {
      require(members.put(member.id(), member) == null, "member %s given twice", member.id());
    }
    return new Membership(members, new TreeSet<>());
  }

  public Optional<Member> member(MemberId id) {
    return Optional.ofNullable(members.get(id));
  }

  public boolean isVoter(MemberId id) {
    Member member = members.get(id);
    return member != null && !member.learner();
  }

  public boolean isLearner(MemberId id) {
    Member member = members.get(id);
    return member != null && member.learner();
  }

  public boolean isRemoved(MemberId id) {
    return removed.contains(id);
  }

  /** Ids of all voters, ascending. */
  public List<MemberId> voters() {
    return members.values().stream().filter(m -> !m.learner()).map(Member::id).toList();
  }

  /** Ids of all learners, ascending. */
  public List<MemberId> learners() {
    return members.values().stream().filter(Member::learner).map(Member::id).toList();
  }

  /** Voters that form a majority; 1 for no voters at all, so that an empty set never has one. */
  public int quorum() {
    return voters().size() / 2 + 1;
  }

  /** Why {@code change} is not possible; whether it is wise, the leader decides besides. */
  public Optional<Refusal> refusal(Change change) {
    return switch (change) {
      case Change.Add(Member added) -> refusalToAdd(added);
      case Change.Promote(MemberId id) ->
          isLearner(id) ? Optional.empty() : Optional.of(Refusal.MEMBER_UNKNOWN);
      case Change.Remove(MemberId id) ->
          refusalOfUnknown(id)
              .or(
                  () ->
                      voters().equals(List.of(id))
                          ? Optional.of(Refusal.LAST_VOTER)
                          : Optional.empty());
      case Change.UpdatePeerUrls(MemberId id, List<String> peerUrls) ->
          refusalOfUnknown(id).or(() -> refusalOfTaken(id, peerUrls));
    };
  }

  private Optional<Refusal> refusalToAdd(Member added) {
    if (isRemoved(added.id())) {
      return Optional.of(Refusal.MEMBER_REMOVED);
    }
    if (members.containsKey(added.id())) {
      return Optional.of(Refusal.MEMBER_EXISTS);
    }
    return members.size() >= MEMBERS_MAX
        ? Optional.of(Refusal.TOO_MANY_MEMBERS)
        : refusalOfTaken(added.id(), added.peerUrls());
  }

  private Optional<Refusal> refusalOfUnknown(MemberId id) {
    if (members.containsKey(id)) {
      return Optional.empty();
    }
    return Optional.of(isRemoved(id) ? Refusal.MEMBER_REMOVED : Refusal.MEMBER_UNKNOWN);
  }

  private Optional<Refusal> refusalOfTaken(MemberId by, List<String> peerUrls) {
    boolean taken =
        members.values().stream()
            .filter(other -> !other.id().equals(by))
            .anyMatch(other -> other.peerUrls().stream().anyMatch(peerUrls::contains));
    return taken ? Optional.of(Refusal.PEER_URL_EXISTS) : Optional.empty();
  }

  /** The configuration after {@code change}, which {@link #refusal} has nothing against. */
  public Membership after(Change change) {
    TreeMap<MemberId, Member> next = new TreeMap<>(members);
    TreeSet<MemberId> gone = new TreeSet<>(removed);
    switch (change) {
      case Change.Add(Member member) -> {
        require(member.learner() && !gone.contains(member.id()), "can't add %s", member.id());
        require(next.put(member.id(), member) == null, "member %s exists", member.id());
      }
      case Change.Promote(MemberId id) -> {
        Member learner = existing(id);
        next.put(id, new Member(id, learner.name(), learner.peerUrls(), false));
      }
      case Change.Remove(MemberId id) -> {
        next.remove(existing(id).id());
        gone.add(id);
      }
      case Change.UpdatePeerUrls(MemberId id, List<String> peerUrls) -> {
        Member old = existing(id);
        next.put(id, new Member(id, old.name(), peerUrls, old.learner()));
      }
    }
    return new Membership(next, gone);
  }

  private Member existing(MemberId id) {
    Member member = members.get(id);
    require(member != null, "no member %s", id);
    return member;
  }
}

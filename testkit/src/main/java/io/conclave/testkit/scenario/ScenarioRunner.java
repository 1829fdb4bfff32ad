package io.conclave.testkit.scenario;

import io.conclave.raft.core.Input;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.core.Membership.Change;
import io.conclave.raft.core.RaftCore;
import io.conclave.raft.core.RaftOptions;
import io.conclave.raft.core.RaftOptions.Batching;
import io.conclave.raft.core.RaftOptions.Compaction;
import io.conclave.raft.core.RaftOptions.Timing;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Carries out the commands of a scenario. One command a line, its words separated by blanks:
 *
 * <pre>
 *   cluster 3 [snapshot=5] [keep=2]     members 1..3; snapshots after 5 entries, 2 kept behind
 *   elect 1 | campaign 1 | tick 1 10    time passes for that member only
 *   propose 1 TEXT | read 1             a client's request at that member
 *   add 1 4 | remove 1 3 | publish 4    member 1 is asked to add 4; all learn that 4 runs
 *   transfer 1 2 | suspect 2
 *   stabilize [1 2]                     they work and talk until nothing is left to do
 *   isolate 3 | heal | lose             cut off, join again, drop what is on its way
 *   hold 1 | release 1                  the disk of a member stands still, goes on
 *   crash 1 | restart 1 | join 4
 *   status
 * </pre>
 */
public final class ScenarioRunner {
  private CoreCluster cluster = new CoreCluster(0, RaftOptions.DEFAULT);

  /** The same scenario with what really happens in the place of what was expected. */
  public ScenarioFile run(ScenarioFile scenario) {
    List<ScenarioFile.Block> blocks = new ArrayList<>();
    for (ScenarioFile.Block block : scenario.blocks()) {
      block.commands().forEach(this::execute);
      blocks.add(new ScenarioFile.Block(block.comments(), block.commands(), cluster.takeTrace()));
    }
    return new ScenarioFile(blocks);
  }

  private void execute(String line) {
    List<String> words = List.of(line.split(" +"));
    List<String> arguments = words.subList(1, words.size());
    switch (words.getFirst()) {
      case "cluster" -> cluster = cluster(arguments);
      case "stabilize" -> stabilize(arguments);
      case "heal" -> cluster.heal();
      case "lose" -> cluster.loseMessages();
      case "status" -> status();
      case "propose" ->
          member(arguments).propose(String.join(" ", arguments.subList(1, arguments.size())));
      case "publish" -> {
        MemberId id = id(arguments, 0);
        cluster.all().forEach(member -> member.step(new Input.MemberPublished(id)));
      }
      case "join" -> cluster.start(id(arguments, 0), List.of());
      case "elect" -> cluster.elect(id(arguments, 0).value());
      case "campaign" -> cluster.campaign(id(arguments, 0).value());
      case "isolate" -> cluster.isolate(id(arguments, 0).value());
      default -> atMember(words.getFirst(), member(arguments), arguments);
    }
  }

  private void atMember(String verb, CoreMember member, List<String> arguments) {
    switch (verb) {
      case "tick" -> member.tick(Integer.parseInt(arguments.get(1)));
      case "read" -> member.read();
      case "add" ->
          member.change(new Change.Add(CoreCluster.voter(id(arguments, 1).value(), true)));
      case "remove" -> member.change(new Change.Remove(id(arguments, 1)));
      case "transfer" -> member.step(new Input.TransferLeadership(id(arguments, 1)));
      case "suspect" -> member.step(new Input.LeaderSuspected());
      case "hold" -> member.holdDisk(true);
      case "release" -> member.holdDisk(false);
      case "crash" -> member.crash();
      case "restart" -> member.start();
      default -> throw new IllegalArgumentException("unknown command: " + verb);
    }
  }

  private static CoreCluster cluster(List<String> arguments) {
    int snapshotEntries = 10_000;
    int keptEntries = 5000;
    for (String option : arguments.subList(1, arguments.size())) {
      String[] parts = option.split("=");
      switch (parts[0]) {
        case "snapshot" -> snapshotEntries = Integer.parseInt(parts[1]);
        case "keep" -> keptEntries = Integer.parseInt(parts[1]);
        default -> throw new IllegalArgumentException("unknown option: " + option);
      }
    }
    Compaction compaction = new Compaction(snapshotEntries, 0, keptEntries, 1 << 20);
    RaftOptions options = new RaftOptions(Timing.DEFAULT, Batching.DEFAULT, compaction, true);
    return new CoreCluster(Integer.parseInt(arguments.getFirst()), options);
  }

  private void stabilize(List<String> arguments) {
    if (arguments.isEmpty()) {
      cluster.stabilize();
    } else {
      cluster.stabilize(arguments.stream().map(MemberId::parse).toList());
    }
  }

  private void status() {
    for (CoreMember member : cluster.all()) {
      RaftCore core = member.core();
      String role = core.role().name().toLowerCase(Locale.ROOT).replace('_', '-');
      cluster.say(
          member.isDown()
              ? member.id() + " is down"
              : "%s %s term=%d last=%s commit=%d applied=%d"
                  .formatted(
                      member.id(),
                      role,
                      core.term(),
                      core.lastPosition(),
                      core.commitIndex(),
                      core.appliedIndex()));
    }
  }

  private CoreMember member(List<String> arguments) {
    return cluster.member(id(arguments, 0).value());
  }

  private static MemberId id(List<String> arguments, int at) {
    return MemberId.parse(arguments.get(at));
  }
}

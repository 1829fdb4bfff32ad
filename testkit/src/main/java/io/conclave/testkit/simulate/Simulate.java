package io.conclave.testkit.simulate;

import io.conclave.testkit.mutation.BugHunt;
import io.conclave.testkit.mutation.SourcePatch;
import io.conclave.testkit.sim.Campaign;
import io.conclave.testkit.sim.SafetyViolation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code conclave-simulate}: whole clusters in virtual time, seed after seed. */
@Command(
    name = "conclave-simulate",
    sortOptions = false,
    showDefaultValues = true,
    description = {
      "Runs whole clusters in one process and virtual time, each from one seed: real cores, key"
          + " spaces and codecs, on disks that forget what was not synced and a network that loses,"
          + " delays, repeats and reorders. Safety is checked after every step, progress after the"
          + " faults have ended. Goes on until a seed fails or the bounds are reached.",
      "",
      "A failure prints its seed and how to run it again; the exit code is 1 then.",
      ""
    })
public final class Simulate implements Callable<Integer> {
  private static final int TRACE_LINES = 60;

  @Option(names = "--seed", paramLabel = "N", description = "the first one; by default any")
  private Long seed;

  @Option(names = "--seeds", paramLabel = "N", description = "how many; by default without end")
  private Long seeds;

  @Option(
      names = "--minutes",
      paramLabel = "M",
      description = "for how long; by default without end")
  private Long minutes;

  @Option(names = "--threads", paramLabel = "N", description = "by default one for each processor")
  private Integer threads;

  @Option(names = "--trace", description = "print all that is known of what led to a failure")
  private boolean trace;

  @Option(
      names = "--bugs",
      split = ",",
      paramLabel = "NAME",
      description =
          "change the sources as the patches of these names do, one after the other, or as each of"
              + " them for 'all', and look for a seed that finds it, at most a minute each")
  private List<String> bugs = List.of();

  @Option(
      names = "--patches",
      paramLabel = "DIR",
      defaultValue = "testkit/src/test/resources/mutants",
      description = "where the patches are, within --sources")
  private Path patches;

  @Option(
      names = "--sources",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "root of the project's sources, for --bugs")
  private Path sources;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "show this text")
  private boolean helpRequested;

  private Simulate() {}

  /** Runs the command; exit code 1 when a seed fails or a bug survives, 2 for wrong options. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new Simulate()).execute(arguments));
  }

  /** Called by the command line library. */
  @Override
  public Integer call() throws IOException, InterruptedException {
    return bugs.isEmpty() ? simulate() : hunt();
  }

  private int simulate() throws InterruptedException {
    long first = seed != null ? seed : ThreadLocalRandom.current().nextLong(1L << 40);
    long most = seeds != null ? seeds : Long.MAX_VALUE;
    long begun = System.nanoTime();
    long nanosMax = minutes != null ? TimeUnit.MINUTES.toNanos(minutes) : Long.MAX_VALUE / 2;
    Campaign campaign = new Campaign(first, most, begun + nanosMax);
    System.err.printf("simulating from seed %d on%n", first);
    campaign.run(threads != null ? threads : Runtime.getRuntime().availableProcessors());
    System.out.print(campaign.tally());
    System.out.printf(
        "%s in %.1f s, digest %016x%n",
        campaign.summary(), (System.nanoTime() - begun) / 1e9, campaign.digest());
    campaign.violation().ifPresent(this::report);
    return campaign.violation().isPresent() ? 1 : 0;
  }

  private void report(SafetyViolation violation) {
    List<String> lines = violation.trace().lines().toList();
    int from = trace ? 0 : Math.max(0, lines.size() - TRACE_LINES);
    lines.subList(from, lines.size()).forEach(System.out::println);
    System.out.println(violation.getMessage());
    if (trace) {
      violation.printStackTrace(System.out);
    }
    System.out.printf(
        "run it again: deploy/bin/conclave-simulate --seed %d --seeds 1 --trace%n",
        violation.seed());
  }

  private int hunt() throws IOException {
    boolean survived = false;
    for (SourcePatch patch : SourcePatch.readAll(sources.resolve(patches))) {
      if (bugs.contains("all") || bugs.contains(patch.name())) {
        BugHunt.Result result = BugHunt.hunt(patch, sources, firstSeed());
        System.out.println(result);
        survived |= result.seed().isEmpty();
      }
    }
    return survived ? 1 : 0;
  }

  private OptionalLong firstSeed() {
    return seed == null ? OptionalLong.empty() : OptionalLong.of(seed);
  }
}

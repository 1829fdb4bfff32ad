package io.conclave.testkit.torture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.conclave.testkit.linear.History.Pending;
import io.conclave.testkit.linear.Operation.Action;
import io.conclave.testkit.linear.Operation.Result;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RegistersTest {
  private static final Result DONE = new Result.Done();

  @TempDir private Path home;
  private final Registers registers =
      new Registers(List.of(URI.create("http://127.0.0.1:1")), Duration.ofSeconds(1), pace(), 1);

  @Test
  void aRegisterThatKeepsItsWordIsNoViolation() {
    begin("/a", new Action.Set("1")).returned(DONE);
    begin("/a", new Action.Read()).returned(new Result.Value("1"));
    begin("/b", new Action.Read()).returned(new Result.Absent());
    assertEquals(List.of(), registers.violations());
  }

  @Test
  void aStaleReadIsAViolationAndTheHistoryIsKept() throws Exception {
    begin("/a", new Action.Set("1")).returned(DONE);
    begin("/a", new Action.Set("2")).returned(DONE);
    begin("/a", new Action.Read()).returned(new Result.Value("1"));
    begin("/b", new Action.Set("1")).returned(DONE);
    assertProblem("/a is not linearizable: after 2 of 3 operations");
    registers.keep(home);
    assertEquals(4, Files.readAllLines(home.resolve("registers.txt")).size());
  }

  @Test
  void anAcknowledgedWriteThatIsLostIsAViolation() {
    begin("/a", new Action.Set("1")).returned(DONE);
    begin("/a", new Action.Read()).returned(new Result.Absent());
    assertProblem("/a is not linearizable");
  }

  @Test
  void aHistoryThatIsTooHardIsAViolation() {
    for (int i = 0; i < 24; i++) {
      begin("/a", new Action.Set("v" + i));
      begin("/a", new Action.CompareAndSet("v" + i, "w" + i));
    }
    List<Pending> together =
        IntStream.range(0, 24).mapToObj(i -> begin("/a", new Action.Set("x" + i))).toList();
    together.forEach(pending -> pending.returned(DONE));
    for (int i = 0; i < 24; i++) {
      begin("/a", new Action.CompareAndSet("x" + i, "y")).returned(new Result.Mismatch());
    }
    begin("/a", new Action.Read()).returned(new Result.Value("ghost"));
    assertProblem("/a: not decided within");
  }

  @Test
  void aValueAtTwoIndexesIsAViolation() {
    registers.sawIndex("1", 7);
    registers.sawIndex("1", 7);
    assertEquals(List.of(), registers.violations());
    registers.sawIndex("1", 8);
    assertProblem("value 1 is at index 7 and at index 8");
  }

  @Test
  void aKeyGivesWayToTheNext() {
    Set<String> keys = new HashSet<>();
    for (int i = 0; i < 2_000; i++) {
      keys.add(registers.key(0));
    }
    assertEquals(Set.of("/torture/register-0-0", "/torture/register-0-1"), keys);
  }

  private Pending begin(String key, Action action) {
    return registers.history().invoke(1, key, action);
  }

  private void assertProblem(String part) {
    List<String> found = registers.violations();
    assertEquals(1, found.size(), found::toString);
    assertTrue(found.getFirst().contains(part), found::toString);
  }

  private static Pace pace() {
    return new Pace(1);
  }
}

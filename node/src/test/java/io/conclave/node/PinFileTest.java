package io.conclave.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.conclave.node.CommandLine.Request;
import io.conclave.raft.core.MemberId;
import io.conclave.raft.peer.Boot;
import io.conclave.raft.peer.Incarnation;
import io.conclave.raft.peer.Pins;
import io.conclave.raft.peer.Pins.Known;
import io.conclave.raft.peer.Pins.Pin;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PinFileTest {
  private static final Pins PINS =
      new Pins(
          new TreeMap<>(
              Map.of(
                  new MemberId(7),
                  new Pin(
                      new Incarnation(1, 2), new Boot(3, 4), new Known(5, 6), new Known(7, 8)))));

  @TempDir private Path root;
  private DataDirectory directory;
  private PinFile pins;

  @BeforeEach
  void open() throws Exception {
    StartupLog log = new CapturedLog().log();
    List<String> flags = List.of("--data-dir", root.toString());
    var start = (Request.Start) CommandLine.read(flags, Map.of(), log);
    directory = DataDirectory.open(NodeSettings.from(start.values(), log));
    pins = new PinFile(directory);
  }

  @AfterEach
  void close() throws Exception {
    directory.close();
  }

  @Test
  void whatWasSavedLastIsLoaded() throws Exception {
    assertEquals(Pins.NONE, pins.load());
    pins.save(PINS);
    assertEquals(PINS, pins.load());
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(directory.member().resolve("pins"))));
    pins.save(Pins.NONE);
    assertEquals(Pins.NONE, pins.load());
  }

  @Test
  void damageIsRefusedWhateverByteIsHit() throws Exception {
    pins.save(PINS);
    Path file = directory.member().resolve("pins");
    byte[] whole = Files.readAllBytes(file);
    var random = new SplittableRandom(11);
    for (int at = 0; at < whole.length; at++) {
      byte[] damaged = whole.clone();
      damaged[at] ^= (byte) (1 << random.nextInt(8));
      Files.write(file, damaged);
      assertEquals(11, assertThrows(StartRefused.class, pins::load).exitCode());
      Files.write(file, Arrays.copyOf(whole, at));
      assertEquals(11, assertThrows(StartRefused.class, pins::load).exitCode());
    }
  }
}

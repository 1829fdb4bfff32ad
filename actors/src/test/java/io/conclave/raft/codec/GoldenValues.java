package io.conclave.raft.codec;

import io.conclave.raft.core.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Golden files of binary formats: a name and hex on each line. */
public final class GoldenValues {
  private GoldenValues() {}

  /** Reads {@code name} from the directory of golden files, in its order. */
  public static Map<String, Bytes> read(String name) {
    Map<String, Bytes> golden = new LinkedHashMap<>();
    try (InputStream in = GoldenValues.class.getResourceAsStream("/golden/" + name)) {
      new String(in.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .map(line -> line.split(" "))
          .forEach(parts -> golden.put(parts[0], Bytes.adopt(HexFormat.of().parseHex(parts[1]))));
      return golden;
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /** The text of the golden file for these values; a failing comparison shows what to review. */
  public static <T> String text(Map<String, T> values, Function<T, Bytes> encode) {
    return values.entrySet().stream()
        .map(e -> e.getKey() + " " + HexFormat.of().formatHex(encode.apply(e.getValue()).toArray()))
        .collect(Collectors.joining("\n"));
  }
}

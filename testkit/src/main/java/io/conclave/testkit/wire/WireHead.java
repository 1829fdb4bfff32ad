package io.conclave.testkit.wire;

import java.util.List;
import java.util.Optional;

/** Status and headers of a response, in the order in which they came. */
public record WireHead(int status, List<WireHeader> headers) {
  public WireHead {
    headers = List.copyOf(headers);
  }

  /** The first field of that name, letters in either case. */
  public Optional<String> header(String name) {
    return headers.stream()
        .filter(header -> header.name().equalsIgnoreCase(name))
        .map(WireHeader::value)
        .findFirst();
  }
}

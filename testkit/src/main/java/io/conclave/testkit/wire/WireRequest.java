package io.conclave.testkit.wire;

import io.conclave.raft.core.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A request that is sent literally. Host and Content-Length are added where the headers lack them.
 *
 * @param target path with query, not escaped any further
 */
public record WireRequest(
    String method, String target, List<WireHeader> headers, Optional<Bytes> body) {
  private static final Set<String> WITH_BODY = Set.of("PUT", "POST", "PATCH");

  public WireRequest {
    headers = List.copyOf(headers);
  }

  /** A GET without further headers. */
  public static WireRequest get(String target) {
    return new WireRequest("GET", target, List.of(), Optional.empty());
  }

  /** A request with a form as its body, already escaped. */
  public static WireRequest form(String method, String target, String form) {
    return new WireRequest(
        method,
        target,
        List.of(new WireHeader("Content-Type", "application/x-www-form-urlencoded")),
        Optional.of(Bytes.utf8(form)));
  }

  /** The bytes to send to a server of that name. */
  Bytes render(String authority) {
    StringBuilder head = new StringBuilder();
    head.append(method).append(' ').append(target).append(" HTTP/1.1\r\n");
    if (!has("host")) {
      head.append("Host: ").append(authority).append("\r\n");
    }
    for (WireHeader header : headers) {
      head.append(header.name()).append(": ").append(header.value()).append("\r\n");
    }
    boolean framed = has("content-length") || has("transfer-encoding");
    if (!framed && (body.isPresent() || WITH_BODY.contains(method))) {
      head.append("Content-Length: ").append(body.map(Bytes::length).orElse(0)).append("\r\n");
    }
    head.append("\r\n");
    return Bytes.adopt(head.toString().getBytes(StandardCharsets.UTF_8))
        .concat(body.orElse(Bytes.EMPTY));
  }

  private boolean has(String name) {
    return headers.stream().anyMatch(header -> header.name().equalsIgnoreCase(name));
  }
}

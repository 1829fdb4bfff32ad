package io.conclave.testkit.torture;

import io.conclave.testkit.wire.WireConnection;
import io.conclave.testkit.wire.WireRequest;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;

/** The kept connections of one client to all members. For one thread. */
final class MemberConnections implements AutoCloseable {
  private final List<URI> members;
  private final Duration timeout;
  private final WireConnection[] open;

  /**
   * @param timeout after which an answer is not waited for any longer
   */
  MemberConnections(List<URI> members, Duration timeout) {
    this.members = List.copyOf(members);
    this.timeout = timeout;
    this.open = new WireConnection[members.size()];
  }

  int size() {
    return members.size();
  }

  /**
   * Asks a member.
   *
   * @throws NotSent when it surely did not get the request
   * @throws IOException when it may have got it
   */
  Answer exchange(int member, WireRequest request) throws IOException {
    WireConnection connection = connection(member);
    try {
      var response = connection.exchange(request);
      if (response.head().header("Connection").orElse("").equalsIgnoreCase("close")) {
        drop(member);
      }
      return Answer.of(response);
    } catch (IOException e) {
      drop(member);
      throw e;
    }
  }

  @Override
  public void close() {
    for (int member = 0; member < open.length; member++) {
      drop(member);
    }
  }

  private WireConnection connection(int member) throws NotSent {
    if (open[member] == null) {
      try {
        open[member] = WireConnection.open(members.get(member), timeout);
      } catch (IOException e) {
        throw new NotSent(e);
      }
    }
    return open[member];
  }

  private void drop(int member) {
    if (open[member] != null) {
      open[member].close();
      open[member] = null;
    }
  }
}

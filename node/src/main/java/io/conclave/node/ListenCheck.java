package io.conclave.node;

import io.conclave.http.HostPort;
import io.conclave.http.HttpServer;
import io.conclave.http.MemberUrl;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;

/**
 * Finds out whether the listen URLs can be listened on, before anything heavy is started. Somebody
 * may still take a port between the check and the start; then binding it fails with the same text.
 */
final class ListenCheck {
  private ListenCheck() {}

  /**
   * Binds all of them, peers' first, and lets them go again.
   *
   * @throws StartRefused naming the first address that can't be bound, and why
   */
  static void check(NodeSettings settings) throws StartRefused {
    List<ServerSocket> bound = new ArrayList<>();
    try {
      for (MemberUrl url : urls(settings).distinct().toList()) {
        bound.add(bind(url));
      }
    } finally {
      bound.forEach(ListenCheck::close);
    }
  }

  /** Whether one of the listen URLs has this port, on whatever address. */
  static boolean isListenedOn(NodeSettings settings, int port) {
    return urls(settings).anyMatch(url -> url.portNumber().equals(Optional.of(port)));
  }

  /** The address to bind for {@code url}; all addresses of the machine if it names no host. */
  static InetSocketAddress address(MemberUrl url) throws StartRefused {
    int port =
        url.portNumber()
            .orElseThrow(
                () -> StartRefused.because("listen tcp: address %s: invalid port", url.port()));
    if (url.host().isEmpty()) {
      return new InetSocketAddress(port);
    }
    try {
      return new InetSocketAddress(InetAddress.getByName(url.host()), port);
    } catch (UnknownHostException e) {
      throw StartRefused.because("listen tcp: lookup %s: no such host", url.host());
    }
  }

  /**
   * What went wrong when {@code address} was bound, as etcd says it: without the address that Pekko
   * puts before the reason, and the system's number behind it.
   */
  static String problem(InetSocketAddress address, IOException e) {
    String host = address.getAddress().getHostAddress();
    String reason =
        String.valueOf(e.getMessage()).replaceFirst("^\\[\\S*] ", "").replaceFirst(" \\(.*", "");
    return "listen tcp %s: bind: %s"
        .formatted(
            new HostPort(host, Integer.toString(address.getPort())),
            reason.toLowerCase(Locale.ROOT));
  }

  /** The same for a server that could not bind, though the check had been fine. */
  static String problem(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    Throwable deepest = cause;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    if (cause instanceof AddressUnavailable) {
      return cause.getMessage();
    }
    return cause instanceof HttpServer.BindFailed bind && deepest instanceof IOException reason
        ? problem(new InetSocketAddress(bind.url().getHost(), bind.url().getPort()), reason)
        : "cannot listen: " + cause.getMessage();
  }

  private static Stream<MemberUrl> urls(NodeSettings settings) {
    return Stream.of(settings.listenPeerUrls(), settings.listenClientUrls()).flatMap(List::stream);
  }

  private static ServerSocket bind(MemberUrl url) throws StartRefused {
    InetSocketAddress address = address(url);
    ServerSocket socket = null;
    try {
      socket = new ServerSocket();
      socket.setReuseAddress(true);
      socket.bind(address);
      return socket;
    } catch (IOException e) {
      if (socket != null) {
        close(socket);
      }
      throw StartRefused.because("%s", problem(address, e));
    }
  }

  private static void close(ServerSocket socket) {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package io.conclave.node;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Locale;

/** An address can't be listened on; the message is the one that etcd prints. */
final class AddressUnavailable extends IOException {
  private static final long serialVersionUID = 1;

  AddressUnavailable(InetSocketAddress address, IOException cause) {
    super("listen tcp " + text(address) + ": bind: " + reason(cause), cause);
  }

  static String text(InetSocketAddress address) {
    String host =
        address.isUnresolved() ? address.getHostString() : address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /** The system's own words, such as "Address already in use", begun with a small letter. */
  private static String reason(IOException cause) {
    String words = cause.getMessage();
    if (words == null || words.isEmpty()) {
      return "no such host";
    }
    return words.substring(0, 1).toLowerCase(Locale.ROOT) + words.substring(1);
  }
}

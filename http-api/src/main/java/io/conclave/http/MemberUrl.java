package io.conclave.http;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A URL on which a member listens or can be reached: scheme, host and port, nothing else.
 *
 * @param scheme {@code http} or {@code https}
 * @param host name or address, IPv6 without brackets; empty for all addresses of the machine
 * @param port digits; whether there is such a port shows when it is listened on, as in etcd
 */
public record MemberUrl(String scheme, String host, String port) implements Comparable<MemberUrl> {
  /** Most URLs in one list. */
  public static final int LIST_MAX = 64;

  private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(.*)");

  /** Why the comma-separated {@code list} can't be taken, in the words of etcd 2.3.8. */
  public static Optional<String> problemOfList(String list) {
    return problemOf(items(list));
  }

  /** The URLs of a list that has no problem, sorted by their text. */
  public static List<MemberUrl> parseList(String list) {
    return parse(items(list));
  }

  /** Why {@code urls} can't be taken, for the first of them that can't. */
  public static Optional<String> problemOf(List<String> urls) {
    if (urls.isEmpty()) {
      return Optional.of("no valid URLs given");
    }
    if (urls.size() > LIST_MAX) {
      return Optional.of("more than " + LIST_MAX + " URLs");
    }
    return urls.stream().map(url -> problem(url.strip())).flatMap(Optional::stream).findFirst();
  }

  /** The URLs of {@code urls}, which have no problem, sorted by their text. */
  public static List<MemberUrl> parse(List<String> urls) {
    return urls.stream().map(url -> parse(url.strip())).sorted().toList();
  }

  /** The URLs of a list, separated by commas. */
  public static String join(List<MemberUrl> urls) {
    return String.join(",", urls.stream().map(MemberUrl::toString).toList());
  }

  /** What a server binds for these, host names resolved to the address that etcd would take. */
  public static List<URI> bindable(List<MemberUrl> urls) {
    return urls.stream().map(MemberUrl::bindable).toList();
  }

  private URI bindable() {
    String address = host.isEmpty() ? "0.0.0.0" : host;
    return URI.create(scheme + "://" + new HostPort(address, port));
  }

  public boolean isHttps() {
    return scheme.equals("https");
  }

  /** {@code host:port}, IPv6 addresses in brackets. */
  public String hostPort() {
    return new HostPort(host, port).toString();
  }

  /** The port as a number, if there is such a port. */
  public Optional<Integer> portNumber() {
    boolean isPort = port.length() <= 5 && Integer.parseInt(port) <= 65535;
    return isPort ? Optional.of(Integer.parseInt(port)) : Optional.empty();
  }

  @Override
  public int compareTo(MemberUrl other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public String toString() {
    return scheme + "://" + hostPort();
  }

  private static List<String> items(String list) {
    return List.of(list.split(",", -1));
  }

  /** The order of the checks is that of etcd 2.3.8: scheme, then host and port, then path. */
  private static Optional<String> problem(String url) {
    Matcher matcher = SCHEME.matcher(url);
    if (!matcher.matches()) {
      return Optional.of(
          url.contains(":")
              ? "parse " + url + ": a URL begins with http:// or https://"
              : "URL scheme must be http or https: " + url);
    }
    String scheme = matcher.group(1).toLowerCase(Locale.ROOT);
    if (!scheme.equals("http") && !scheme.equals("https")) {
      return Optional.of("URL scheme must be http or https: " + url);
    }
    String rest = matcher.group(2);
    String authority = authority(rest);
    Optional<HostPort> hostPort = HostPort.parse(authority);
    if (hostPort.isEmpty() || hostPort.get().port().isEmpty()) {
      return Optional.of("URL address does not have the form \"host:port\": " + url);
    }
    if (!hostPort.get().port().chars().allMatch(c -> c >= '0' && c <= '9')) {
      return Optional.of("parse " + url + ": the port is not a number");
    }
    if (!hostPort.get().isHost()) {
      return Optional.of("parse " + url + ": no host has such a name");
    }
    return rest.length() > "//".length() + authority.length()
        ? Optional.of("URL must not contain a path: " + url)
        : Optional.empty();
  }

  private static MemberUrl parse(String url) {
    Matcher matcher = SCHEME.matcher(url);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(url);
    }
    HostPort hostPort = HostPort.parse(authority(matcher.group(2))).orElseThrow();
    return new MemberUrl(
        matcher.group(1).toLowerCase(Locale.ROOT), hostPort.host(), hostPort.port());
  }

  /** What stands between the slashes and the path, the query or the fragment. */
  private static String authority(String afterScheme) {
    if (!afterScheme.startsWith("//")) {
      return "";
    }
    int end = 2;
    while (end < afterScheme.length() && "/?#".indexOf(afterScheme.charAt(end)) < 0) {
      end++;
    }
    return afterScheme.substring(2, end);
  }
}

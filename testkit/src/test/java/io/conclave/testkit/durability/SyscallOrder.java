package io.conclave.testkit.durability;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads a trace of system calls, as {@code strace -f} writes it, of a server that is asked to write
 * one thing after another. A success may leave only after a sync that began when the request had
 * been received, and ended well.
 */
final class SyscallOrder {
  private static final Pattern CALL =
      Pattern.compile("(\\d+)\\s+(?:[\\d.]+\\s+)?(?:<\\.\\.\\. )?(\\w+)(\\(| resumed>)(.*)");
  private static final Set<String> RECEIVES = Set.of("read", "readv", "recvfrom", "recv");
  private static final Set<String> SENDS = Set.of("write", "writev", "sendto", "send", "sendmsg");
  private static final Set<String> SYNCS = Set.of("fdatasync", "fsync", "msync");
  private static final String UNFINISHED = "<unfinished ...>";

  private final String request;
  private final List<String> violations = new ArrayList<>();
  private final Set<String> syncing = new HashSet<>();
  private boolean received;
  private boolean synced;
  private int successes;

  private SyscallOrder(String request) {
    this.request = request;
  }

  /**
   * Judges a trace.
   *
   * @param request what each of the requests contains near its beginning
   */
  static SyscallOrder of(List<String> trace, String request) {
    SyscallOrder order = new SyscallOrder(request);
    trace.forEach(order::add);
    return order;
  }

  /** The successes that left too early, as they stand in the trace. */
  List<String> violations() {
    return List.copyOf(violations);
  }

  /** How many successes were seen. */
  int successes() {
    return successes;
  }

  private void add(String line) {
    Matcher call = CALL.matcher(line);
    if (!call.lookingAt()) {
      return;
    }
    String thread = call.group(1);
    String name = call.group(2);
    boolean resumed = call.group(3).startsWith(" ");
    String rest = call.group(4);
    if (RECEIVES.contains(name) && rest.contains(request)) {
      received = true;
      synced = false;
      syncing.clear();
    } else if (SYNCS.contains(name)) {
      onSync(thread, resumed, rest);
    } else if (SENDS.contains(name) && !resumed && rest.contains("\"HTTP/1.1 20") && received) {
      successes++;
      if (!synced) {
        violations.add(line);
      }
      received = false;
    }
  }

  private void onSync(String thread, boolean resumed, String rest) {
    boolean begins = !resumed;
    boolean ends = !rest.endsWith(UNFINISHED);
    boolean well = rest.matches(".*\\) += 0( <[\\d.]+>)?");
    if (begins && received) {
      syncing.add(thread);
    }
    if (ends && syncing.remove(thread) && well) {
      synced = true;
    }
  }
}

package io.conclave.testkit.golden;

import java.net.URI;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Everything in which two runs of the same recording differ: indexes, identifiers, URLs, counters.
 * Fills placeholders of requests in, and puts placeholders into what the server answers. One for
 * each run of a recording.
 */
final class Placeholders {
  private static final Pattern INDEX = Pattern.compile("<idx:([+-]\\d+)>");
  private static final Pattern IN_ORDER = Pattern.compile("<idx20:([+-]\\d+)>");
  private static final Pattern MEMBER = Pattern.compile("<memberId:\\d+>");
  private static final Pattern IN_ORDER_NAME = Pattern.compile("(?<!\\d)\\d{20}(?!\\d)");
  private static final Pattern INDEX_PARAMETER =
      Pattern.compile("((?:wait|prev)Index=)(\\d{1,9})(?!\\d)");
  private static final Pattern HISTORY_CLEARED =
      Pattern.compile("(the requested history has been cleared )\\[(\\d+)/(\\d+)]");
  private static final Pattern INDEX_MISMATCH =
      Pattern.compile("(.*)\\[(\\d+) != (\\d+)]", Pattern.DOTALL);
  private static final Pattern CLUSTER_ID = Pattern.compile("[0-9a-f]{1,16}");

  private final String clientUrl;
  private final String peerUrl;
  private final IndexOffsets indexes;
  private final Map<String, String> memberIds = new LinkedHashMap<>();
  private final Map<String, Long> firstStats = new LinkedHashMap<>();
  private final List<String> notes = new ArrayList<>();
  private Optional<String> clusterId = Optional.empty();

  Placeholders(URI clientUrl, URI peerUrl, IndexOffsets indexes) {
    this.clientUrl = clientUrl.toString();
    this.peerUrl = peerUrl.toString();
    this.indexes = indexes;
  }

  IndexOffsets indexes() {
    return indexes;
  }

  /** Fills in what a request needs to know of this server. */
  String fill(String template) {
    String filled = replace(INDEX, template, m -> Long.toString(indexAt(m)));
    filled = replace(IN_ORDER, filled, m -> "%020d".formatted(indexAt(m)));
    filled = replace(MEMBER, filled, m -> realMember(m.group()));
    return filled.replace("<clientURL>", clientUrl).replace("<peerURL>", peerUrl);
  }

  /** Puts placeholders into free text. */
  String text(String answer) {
    String text = replace(IN_ORDER_NAME, answer, m -> inOrder(m.group()));
    text = replace(INDEX_PARAMETER, text, m -> m.group(1) + index(m.group(2)).orElse("0"));
    text = text.replace(clientUrl, "<clientURL>").replace(peerUrl, "<peerURL>");
    for (Map.Entry<String, String> member : memberIds.entrySet()) {
      Pattern id = Pattern.compile("(?<![0-9a-f])" + member.getKey() + "(?![0-9a-f])");
      text = id.matcher(text).replaceAll(member.getValue());
    }
    return text;
  }

  /** Puts placeholders into the value of a header. */
  String header(String name, String value) {
    boolean number = value.matches("\\d+");
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "x-etcd-index" -> number ? index(value).orElse("0") : value;
      case "x-raft-index" -> number ? "<raftIndex>" : value;
      case "x-raft-term" -> number ? "<raftTerm>" : value;
      case "x-etcd-cluster-id" -> cluster(value);
      default -> text(value);
    };
  }

  /** Puts placeholders into the cause of an error, which names indexes without saying so. */
  String cause(String cause, GoldenStep.Request request) {
    String asked = request.path() + " " + request.body().orElse("");
    boolean askedByOffset = asked.contains("<idx:");
    Function<String, String> ofRequest =
        index -> askedByOffset ? index(index).orElse(index) : index;
    Matcher cleared = HISTORY_CLEARED.matcher(cause);
    if (cleared.matches()) {
      String oldest = index(cleared.group(2)).orElse("0");
      return cleared.group(1) + "[" + oldest + "/" + ofRequest.apply(cleared.group(3)) + "]";
    }
    Matcher mismatch = INDEX_MISMATCH.matcher(cause);
    if (asked.contains("prevIndex=") && mismatch.matches()) {
      String actual = index(mismatch.group(3)).orElse("0");
      return "%s[%s != %s]"
          .formatted(mismatch.group(1), ofRequest.apply(mismatch.group(2)), actual);
    }
    return text(cause);
  }

  /** How a recording writes that index; nothing for 0. */
  Optional<String> index(String index) {
    return indexes.placeholder(Long.parseLong(index));
  }

  /** How the recording writes a member's id in hex, by the order in which they are first seen. */
  String member(String id) {
    return memberIds.computeIfAbsent(id, fresh -> "<memberId:" + (memberIds.size() + 1) + ">");
  }

  boolean knowsMember(String id) {
    return memberIds.containsKey(id);
  }

  /** A counter since the first time that it was asked for. */
  String counter(String name, long value) {
    return "<stat:%+d>".formatted(value - firstStats.computeIfAbsent(name, first -> value));
  }

  /** Complains about something that placeholders would hide. */
  void note(String complaint) {
    notes.add(complaint);
  }

  /** The complaints since the last call. */
  List<String> takeNotes() {
    List<String> taken = List.copyOf(notes);
    notes.clear();
    return taken;
  }

  private long indexAt(MatchResult match) {
    return indexes.indexAt(Long.parseLong(match.group(1)));
  }

  private String inOrder(String digits) {
    try {
      long index = Long.parseLong(digits);
      return indexes.isNear(index) ? "<idx20:%+d>".formatted(indexes.offsetOf(index)) : digits;
    } catch (NumberFormatException e) {
      return digits;
    }
  }

  private String realMember(String placeholder) {
    return memberIds.entrySet().stream()
        .filter(member -> member.getValue().equals(placeholder))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse("0");
  }

  private String cluster(String value) {
    if (!CLUSTER_ID.matcher(value).matches()) {
      return value;
    }
    clusterId = clusterId.or(() -> Optional.of(value));
    return clusterId.get().equals(value) ? "<clusterId>" : value;
  }

  private static String replace(
      Pattern pattern, String text, Function<MatchResult, String> replacement) {
    return pattern
        .matcher(text)
        .replaceAll(match -> Matcher.quoteReplacement(replacement.apply(match)));
  }
}

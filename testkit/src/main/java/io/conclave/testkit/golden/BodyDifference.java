package io.conclave.testkit.golden;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells where two bodies differ. They must be the same text, except that a remaining time to live
 * may be a second off, and shorter by as much as the replay is slower than the recording was.
 */
final class BodyDifference {
  private static final Pattern TTL = Pattern.compile("<ttl:(-?\\d+)>");
  private static final int SHOWN_MAX = 300;

  private BodyDifference() {}

  /**
   * Lists the differences.
   *
   * @param lagSeconds by how much more a time to live may be too short
   */
  static List<String> between(String want, String got, long lagSeconds) {
    List<String> differences = new ArrayList<>();
    String unified = withTtlsOf(want, got, lagSeconds);
    if (unified.equals(want)) {
      return differences;
    }
    try {
      compare(differences, "body", JsonParser.parse(want), JsonParser.parse(unified));
    } catch (IllegalArgumentException e) {
      differences.add("body is %s, expected %s".formatted(shown(unified), shown(want)));
    }
    if (differences.isEmpty()) {
      differences.add("body is spelled %s, expected %s".formatted(shown(unified), shown(want)));
    }
    return differences;
  }

  /** The text with the times to live of the other where they are close, one by one. */
  private static String withTtlsOf(String want, String got, long lagSeconds) {
    List<MatchResult> wanted = TTL.matcher(want).results().toList();
    Matcher matcher = TTL.matcher(got);
    StringBuilder unified = new StringBuilder();
    for (int i = 0; matcher.find(); i++) {
      boolean close =
          i < wanted.size()
              && isClose(seconds(wanted.get(i)), seconds(matcher.toMatchResult()), lagSeconds);
      matcher.appendReplacement(unified, close ? wanted.get(i).group() : matcher.group());
    }
    return matcher.appendTail(unified).toString();
  }

  private static boolean isClose(long want, long got, long lagSeconds) {
    return got <= want + 1 && got >= want - 1 - Math.max(0, lagSeconds);
  }

  private static long seconds(MatchResult ttl) {
    return Long.parseLong(ttl.group(1));
  }

  private static void compare(List<String> differences, String path, Json want, Json got) {
    if (want instanceof Json.Obj wantObject && got instanceof Json.Obj gotObject) {
      compare(differences, path, wantObject, gotObject);
    } else if (want instanceof Json.Arr wantArray && got instanceof Json.Arr gotArray) {
      int wantSize = wantArray.elements().size();
      int gotSize = gotArray.elements().size();
      if (wantSize != gotSize) {
        differences.add("%s: %d elements, expected %d".formatted(path, gotSize, wantSize));
      }
      for (int i = 0; i < Math.min(wantSize, gotSize); i++) {
        String element = path + "[" + i + "]";
        compare(differences, element, wantArray.elements().get(i), gotArray.elements().get(i));
      }
    } else if (!want.text().equals(got.text())) {
      differences.add("%s: %s, expected %s".formatted(path, shown(got.text()), shown(want.text())));
    }
  }

  private static void compare(List<String> differences, String path, Json.Obj want, Json.Obj got) {
    List<String> wantNames = names(want);
    List<String> gotNames = names(got);
    Set<String> missing = new TreeSet<>(wantNames);
    gotNames.forEach(missing::remove);
    Set<String> extra = new TreeSet<>(gotNames);
    wantNames.forEach(extra::remove);
    missing.forEach(name -> differences.add("%s lacks %s".formatted(path, name)));
    extra.forEach(name -> differences.add("%s has unexpected %s".formatted(path, name)));
    List<String> common = new ArrayList<>(wantNames);
    common.retainAll(gotNames);
    gotNames.retainAll(wantNames);
    if (!common.equals(gotNames)) {
      differences.add(
          "%s has its fields in the order %s, expected %s".formatted(path, gotNames, common));
    }
    for (String name : common) {
      compare(
          differences,
          path + "/" + name,
          want.find(name).orElseThrow(),
          got.find(name).orElseThrow());
    }
  }

  private static List<String> names(Json.Obj object) {
    return new ArrayList<>(object.members().stream().map(Json.Member::name).toList());
  }

  private static String shown(String text) {
    return text.length() <= SHOWN_MAX ? text : text.substring(0, SHOWN_MAX) + "…";
  }
}

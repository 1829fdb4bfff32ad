package io.conclave.node;

import io.conclave.http.MemberUrl;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The members that form a cluster, from {@code --initial-cluster}.
 *
 * @param members sorted peer URLs by name; read-only
 */
public record InitialCluster(SortedMap<String, List<MemberUrl>> members) {

  public InitialCluster {
    var sorted = new TreeMap<String, List<MemberUrl>>();
    members.forEach((name, urls) -> sorted.put(name, urls.stream().sorted().toList()));
    members = Collections.unmodifiableSortedMap(sorted);
  }

  /** What the flag means for a member called {@code name} if it is not given. */
  static String defaultFor(String name) {
    return name + "=http://localhost:2380," + name + "=http://localhost:7001";
  }

  /** Why {@code text} can't be taken, in the words of etcd 2.3.8. */
  static Optional<String> problem(String text) {
    return items(text).stream()
        .map(item -> MemberUrl.problemOfList(item.url()))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /** Parses a text that has no problem. One name may occur several times, with a URL each. */
  static InitialCluster parse(String text) {
    var members = new TreeMap<String, List<MemberUrl>>();
    for (Item item : items(text)) {
      members
          .computeIfAbsent(item.name(), name -> new ArrayList<>())
          .addAll(MemberUrl.parseList(item.url()));
    }
    return new InitialCluster(members);
  }

  /** Does one URL occur twice? */
  boolean hasDuplicateUrl() {
    var seen = new HashSet<MemberUrl>();
    return !members.values().stream().flatMap(List::stream).allMatch(seen::add);
  }

  @Override
  public String toString() {
    var items = new ArrayList<String>();
    members.forEach((name, urls) -> urls.forEach(url -> items.add(name + "=" + url)));
    return String.join(",", items);
  }

  private record Item(String name, String url) {}

  /** Empty items don't count; one without {@code =} is a name with an empty URL. */
  private static List<Item> items(String text) {
    var items = new ArrayList<Item>();
    for (String item : text.split(",")) {
      int equals = item.indexOf('=');
      if (equals >= 0) {
        items.add(new Item(item.substring(0, equals), item.substring(equals + 1)));
      } else if (!item.isEmpty()) {
        items.add(new Item(item, ""));
      }
    }
    return items;
  }
}

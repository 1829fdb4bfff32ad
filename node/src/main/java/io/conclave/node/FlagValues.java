package io.conclave.node;

import io.conclave.http.MemberUrl;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** The texts that flags were given, by command line or environment; all of them were checked. */
final class FlagValues {
  private final Map<Flag, String> given;

  FlagValues(Map<Flag, String> given) {
    this.given = new EnumMap<>(Flag.class);
    this.given.putAll(given);
  }

  /** Was the flag given? An empty text counts, a default does not. */
  boolean isGiven(Flag flag) {
    return given.containsKey(flag);
  }

  String text(Flag flag) {
    return given.getOrDefault(flag, flag.defaultText());
  }

  boolean isOn(Flag flag) {
    return FlagKind.parseBoolean(text(flag)).orElseThrow();
  }

  long number(Flag flag) {
    return FlagKind.parseNumber(text(flag));
  }

  List<MemberUrl> urls(Flag flag) {
    return MemberUrl.parseList(text(flag));
  }

  IpAddressPort address(Flag flag) {
    return IpAddressPort.parse(text(flag));
  }
}

package io.conclave.raft.core;

import java.util.regex.Pattern;

/**
 * Identifies a member for its whole life: an unsigned 64-bit number, written in lower-case hex
 * without leading zeros. A removed id never comes back (spec v2-cluster §4).
 */
public record MemberId(long value) implements Comparable<MemberId> {
  /** Nobody: no vote, no leader, the origin of the first entry. */
  public static final MemberId NONE = new MemberId(0);

  /** Java's own parser also takes a plus sign, and digits of other scripts. */
  private static final Pattern HEX = Pattern.compile("[0-9A-Fa-f]+");

  /** Parses hex of either case; throws {@link NumberFormatException} for anything else. */
  public static MemberId parse(String hex) {
    if (!HEX.matcher(hex).matches()) {
      throw new NumberFormatException(hex);
    }
    return new MemberId(Long.parseUnsignedLong(hex, 16));
  }

  public boolean isNone() {
    return value == 0;
  }

  @Override
  public int compareTo(MemberId other) {
    return Long.compareUnsigned(value, other.value);
  }

  @Override
  public String toString() {
    return Long.toHexString(value);
  }
}

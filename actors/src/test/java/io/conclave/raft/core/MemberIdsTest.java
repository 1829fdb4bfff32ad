package io.conclave.raft.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against ids that etcd 2.3.8 gave (spec v2-cluster §4). */
final class MemberIdsTest {
  private static final String TOKEN = "etcd-cluster";

  @Test
  void foundersHaveTheIdsOfTheirUrls() {
    List<MemberId> founders =
        List.of(
            MemberIds.ofFounder(List.of("http://127.0.0.1:25011"), TOKEN),
            MemberIds.ofFounder(List.of("http://127.0.0.1:25021"), TOKEN),
            MemberIds.ofFounder(List.of("http://127.0.0.1:25031"), TOKEN));
    assertEquals(
        List.of("7fa0243da41856f2", "42804af8a2c99ace", "abfe7e1285cdc0c9"),
        founders.stream().map(MemberId::toString).toList());
    assertEquals("e199b7530b009951", Long.toHexString(MemberIds.ofCluster(founders)));
    assertEquals(MemberIds.ofCluster(founders), MemberIds.ofCluster(founders.reversed()));
  }

  @Test
  void whoIsAddedHasTheSecondInsteadOfTheToken() {
    List<String> urls = List.of("http://127.0.0.1:3");
    assertEquals("7ea797b8e4c17f30", MemberIds.ofAdded(urls, 1_500_000_000).toString());
    List<String> several = List.of("http://z:9", "http://b:3", "http://b:3");
    assertEquals("f8b931e14614f81e", MemberIds.ofAdded(several, 1_500_000_001).toString());
  }

  @Test
  void anIdIsReadFromHexOfEitherCase() {
    assertEquals(new MemberId(0xabcdL), MemberId.parse("aBcD"));
    assertEquals(new MemberId(-1), MemberId.parse("000ffffffffffffffff"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "-1", "+1", "0x1", "xyz", "1 ", "11112222333344445", "\uff11"})
  void anythingElseIsNoId(String text) {
    assertThrows(NumberFormatException.class, () -> MemberId.parse(text));
  }
}

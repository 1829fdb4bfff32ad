package io.conclave.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MemberUrlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x | URL scheme must be http or https: x",
        "'' | 'URL scheme must be http or https: '",
        "localhost:1 | URL scheme must be http or https: localhost:1",
        "unix://a:1 | URL scheme must be http or https: unix://a:1",
        "http:// | URL address does not have the form \"host:port\": http://",
        "http:a:1 | URL address does not have the form \"host:port\": http:a:1",
        "http://127.0.0.1 | URL address does not have the form \"host:port\": http://127.0.0.1",
        "http://h: | URL address does not have the form \"host:port\": http://h:",
        "http://::1:80 | URL address does not have the form \"host:port\": http://::1:80",
        "http://[::1 | URL address does not have the form \"host:port\": http://[::1",
        "http://127.0.0.1:1/ | URL must not contain a path: http://127.0.0.1:1/",
        "http://:1/x | URL must not contain a path: http://:1/x",
        "http://h:1?q | URL must not contain a path: http://h:1?q",
        "http://a:1, | 'URL scheme must be http or https: '",
        "http://a:1,x | URL scheme must be http or https: x",
      })
  void aListIsRefusedForItsFirstBadItem(String list, String problem) {
    assertEquals(Optional.of(problem), MemberUrl.problemOfList(list));
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:1",
    "http://127.0.0.1:port",
    "http://h:-1",
    "http://%zz:1",
    "http://a b:1",
    "http://a|b:1",
    "http://a^:1"
  })
  void whatIsNoUrlAtAllIsAParseProblem(String url) {
    assertTrue(MemberUrl.problemOfList(url).orElseThrow().startsWith("parse " + url + ": "));
  }

  @Test
  void aListIsSortedAndTrimmed() {
    String list = "https://b:2, http://[::1]:80 ,HTTP://a:1";
    assertEquals(Optional.empty(), MemberUrl.problemOfList(list));
    assertEquals(
        "http://[::1]:80,http://a:1,https://b:2", MemberUrl.join(MemberUrl.parseList(list)));
    assertEquals("::1", MemberUrl.parseList(list).getFirst().host());
  }

  @Test
  void aTextOfARequestIsOneUrl() {
    assertEquals(Optional.of("no valid URLs given"), MemberUrl.problemOf(List.of()));
    List<String> urls = List.of(" http://b:2", "http://[fe80::1%eth0]:1", "http://b:2 ");
    assertEquals(Optional.empty(), MemberUrl.problemOf(urls));
    assertEquals(
        "http://[fe80::1%eth0]:1,http://b:2,http://b:2", MemberUrl.join(MemberUrl.parse(urls)));
    assertTrue(MemberUrl.problemOf(List.of("http://a:1,http://b:2")).isPresent());
  }

  @Test
  void aListHasAMostLength() {
    String list = "http://a:1" + ",http://a:1".repeat(MemberUrl.LIST_MAX);
    assertEquals(Optional.of("more than 64 URLs"), MemberUrl.problemOfList(list));
  }

  @Test
  void aPortCanBeTooHighToListenOn() {
    assertEquals(Optional.of(65535), new MemberUrl("http", "a", "65535").portNumber());
    assertFalse(new MemberUrl("http", "a", "65536").portNumber().isPresent());
    assertFalse(new MemberUrl("http", "a", "99999999999999").portNumber().isPresent());
  }
}

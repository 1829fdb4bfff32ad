package io.conclave.testkit.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class JsonParserTest {
  @Test
  void spellingAndOrderSurvive() {
    String text = "{\"b\":[1.50,-2e3,true,null],\"a\":{\"\\u0041\":\"\\/é\"},\"b\":<idx:+1>}";
    assertEquals(text, JsonParser.parse(text).text());
  }

  @Test
  void escapesMeanWhatTheySay() {
    Json.Str string = (Json.Str) JsonParser.parse("\"\\u00e9\\n\\\"\\\\\\ud83d\\ude00\"");
    assertEquals("é\n\"\\😀", string.value());
    assertEquals("\"é\\n\\\"\\\\😀\"", Json.Str.of(string.value()).text());
  }

  @Test
  void blanksAreTakenButNotKept() {
    assertEquals("[1,{\"a\":2}]", JsonParser.parse(" [ 1 ,\n{ \"a\" : 2 } ]\n").text());
  }

  @Test
  void valuesInARowAreReadOneByOne() {
    JsonParser parser = new JsonParser("{}\n[1]");
    assertEquals("{}", parser.next().text());
    assertEquals(2, parser.position());
    assertEquals("[1]", parser.next().text());
  }

  @Test
  void whatIsNotJsonIsRefused() {
    for (String text :
        new String[] {
          "", "{", "{\"a\"}", "[1 2]", "\"open", "\"a\nb\"", "nul", "1 2", "<x", "\"\\x\""
        }) {
      assertThrows(IllegalArgumentException.class, () -> JsonParser.parse(text), text);
    }
    String deep = "[".repeat(1000) + "]".repeat(1000);
    assertThrows(IllegalArgumentException.class, () -> JsonParser.parse(deep));
  }
}

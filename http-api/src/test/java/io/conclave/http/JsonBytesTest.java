package io.conclave.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonBytesTest {
  @ParameterizedTest
  @CsvSource({
    "0.0, 0",
    "1.0, 1",
    "0.1, 0.1",
    "12.345678, 12.345678",
    "0.000001, 0.000001",
    "2.5E-9, 0.0000000025",
    "1.0E7, 10000000",
    "0x1p63, 9223372036854776000",
    "-3.25, -3.25"
  })
  void numbersAreAsShortAsGoWritesThem(double number, String json) {
    assertEquals(json, new JsonBytes(1).number(number).toBytes().utf8());
  }
}

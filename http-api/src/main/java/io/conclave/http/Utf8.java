package io.conclave.http;

/** Which bytes form a character (RFC 3629: no overlong forms, no surrogates, at most U+10FFFF). */
final class Utf8 {
  private Utf8() {}

  /**
   * Bytes of the valid multi-byte character that begins at {@code at}; 0 if none begins there.
   * Calls are for bytes that are not ASCII.
   */
  static int sequenceLength(byte[] text, int at) {
    int first = text[at] & 0xff;
    if (first < 0xc2 || first > 0xf4) {
      return 0;
    }
    int size = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (at + size > text.length || !isSecond(first, text[at + 1] & 0xff)) {
      return 0;
    }
    for (int i = at + 2; i < at + size; i++) {
      if ((text[i] & 0xc0) != 0x80) {
        return 0;
      }
    }
    return size;
  }

  private static boolean isSecond(int first, int second) {
    int lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    int highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    return second >= lowest && second <= highest;
  }
}

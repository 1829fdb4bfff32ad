package io.conclave.persistence;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.CRC32C;

/**
 * Keys and values of a segment. An event's key is its sequence number, its value the event's bytes
 * and a CRC; a mark's key is one letter. Every CRC but the header's is salted with the random id of
 * the journal, so that no bytes of another journal, and none that a client can choose, pass as
 * ours. Numbers are big-endian. The format may only grow: {@link #VERSION} is in each header.
 */
final class RecordFormat {
  static final byte VERSION = 1;

  private static final int CRC_BYTES = 4;

  /** What a segment says about itself between the events. */
  sealed interface Mark {
    /**
     * First record of every segment.
     *
     * @param previous number of the segment that was the newest when this one was made; 0 for none
     */
    record Header(long journalId, long number, long previous) implements Mark {}

    /**
     * In one batch with the first event of the segment.
     *
     * @param lastBefore sequence number of the last event in front of the segment
     */
    record Begin(long lastBefore) implements Mark {}

    /** Everything up to {@code last} is synced; written when nothing was appended for a while. */
    record Seal(long last) implements Mark {}

    /** The segment ends with {@code last}; a later one goes on. */
    record Closed(long last) implements Mark {}
  }

  private RecordFormat() {}

  static byte[] eventKey(long sequenceNr) {
    return ByteBuffer.allocate(Long.BYTES).putLong(sequenceNr).array();
  }

  static byte[] eventValue(long journalId, long sequenceNr, byte[] payload) {
    byte[] value = Arrays.copyOf(payload, payload.length + CRC_BYTES);
    int crc = eventCrc(journalId, sequenceNr, ByteBuffer.wrap(payload));
    ByteBuffer.wrap(value, payload.length, CRC_BYTES).putInt(crc);
    return value;
  }

  /** The event's bytes if {@code value} is what {@link #eventValue} made, else empty. */
  static Optional<ByteBuffer> eventPayload(long journalId, long sequenceNr, ByteBuffer value) {
    int length = value.remaining() - CRC_BYTES;
    if (length < 0) {
      return Optional.empty();
    }
    ByteBuffer payload = value.slice(value.position(), length);
    boolean intact =
        value.getInt(value.position() + length)
            == eventCrc(journalId, sequenceNr, payload.duplicate());
    return intact ? Optional.of(payload) : Optional.empty();
  }

  static boolean isEventKey(ByteBuffer key) {
    return key.remaining() == Long.BYTES;
  }

  static byte[] markKey(Mark mark) {
    return new byte[] {letter(mark)};
  }

  static byte[] markValue(long journalId, Mark mark) {
    ByteBuffer value = ByteBuffer.allocate(1 + 3 * Long.BYTES + CRC_BYTES);
    long salt = journalId;
    switch (mark) {
      case Mark.Header(long id, long number, long previous) -> {
        salt = 0;
        value.put(VERSION).putLong(id).putLong(number).putLong(previous);
      }
      case Mark.Begin(long lastBefore) -> value.putLong(lastBefore);
      case Mark.Seal(long last) -> value.putLong(last);
      case Mark.Closed(long last) -> value.putLong(last);
    }
    value.putInt(markCrc(salt, letter(mark), value.array(), value.position()));
    return Arrays.copyOf(value.array(), value.position());
  }

  /**
   * The mark that {@link #markKey} and {@link #markValue} wrote, or empty if they didn't.
   *
   * @param journalId any number while the header is not known yet
   */
  static Optional<Mark> mark(long journalId, ByteBuffer key, ByteBuffer value) {
    if (key.remaining() != 1) {
      return Optional.empty();
    }
    byte letter = key.get(key.position());
    int numbers = letter == 'H' ? 1 + 3 * Long.BYTES : Long.BYTES;
    if (value.remaining() != numbers + CRC_BYTES) {
      return Optional.empty();
    }
    byte[] bytes = new byte[numbers];
    ByteBuffer rest = value.duplicate();
    rest.get(bytes);
    if (rest.getInt() != markCrc(letter == 'H' ? 0 : journalId, letter, bytes, numbers)) {
      return Optional.empty();
    }
    ByteBuffer fields = ByteBuffer.wrap(bytes);
    return switch (letter) {
      case 'H' ->
          fields.get() == VERSION
              ? Optional.of(new Mark.Header(fields.getLong(), fields.getLong(), fields.getLong()))
              : Optional.empty();
      case 'B' -> Optional.of(new Mark.Begin(fields.getLong()));
      case 'S' -> Optional.of(new Mark.Seal(fields.getLong()));
      case 'C' -> Optional.of(new Mark.Closed(fields.getLong()));
      default -> Optional.empty();
    };
  }

  private static byte letter(Mark mark) {
    return switch (mark) {
      case Mark.Header header -> (byte) 'H';
      case Mark.Begin begin -> (byte) 'B';
      case Mark.Seal seal -> (byte) 'S';
      case Mark.Closed closed -> (byte) 'C';
    };
  }

  private static int eventCrc(long journalId, long sequenceNr, ByteBuffer payload) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(2 * Long.BYTES).putLong(journalId).putLong(sequenceNr).flip());
    crc.update(payload);
    return (int) crc.getValue();
  }

  private static int markCrc(long salt, byte letter, byte[] numbers, int length) {
    CRC32C crc = new CRC32C();
    crc.update(ByteBuffer.allocate(Long.BYTES + 1).putLong(salt).put(letter).flip());
    crc.update(numbers, 0, length);
    return (int) crc.getValue();
  }
}

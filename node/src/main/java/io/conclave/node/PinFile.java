package io.conclave.node;

import io.conclave.raft.codec.MalformedData;
import io.conclave.raft.core.Bytes;
import io.conclave.raft.peer.PinStore;
import io.conclave.raft.peer.Pins;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** Keeps the pins in a file of the data directory: four bytes of CRC32C, then the pins. */
record PinFile(DataDirectory directory) implements PinStore {
  static final String FILE = "pins";

  /** 256 pins are shorter than this. */
  private static final int BYTES_MAX = 1 << 16;

  /**
   * What was saved last; nothing if the member never met a peer.
   *
   * @throws StartRefused if the file is damaged: without it a wiped peer would not be noticed
   */
  Pins load() throws StartRefused {
    Path file = directory.member().resolve(FILE);
    try {
      if (Files.size(file) <= BYTES_MAX) {
        return decode(ByteBuffer.wrap(Files.readAllBytes(file)));
      }
    } catch (NoSuchFileException e) {
      return Pins.NONE;
    } catch (IOException e) {
      throw StartRefused.because("cannot read %s: %s", file, FileProblem.reason(e));
    } catch (MalformedData e) {
      throw StartRefused.damaged(file);
    }
    throw StartRefused.damaged(file);
  }

  @Override
  public void save(Pins pins) throws IOException {
    ByteBuffer body = pins.encode().asBuffer();
    ByteBuffer content = ByteBuffer.allocate(Integer.BYTES + body.remaining());
    content.putInt(crc(body.duplicate())).put(body);
    directory.replace(FILE, content.flip());
  }

  private static Pins decode(ByteBuffer content) {
    if (content.remaining() < Integer.BYTES || content.getInt() != crc(content.duplicate())) {
      throw new MalformedData("the CRC is another");
    }
    return Pins.decode(Bytes.copyOf(content));
  }

  private static int crc(ByteBuffer body) {
    var crc = new CRC32C();
    crc.update(body);
    return (int) crc.getValue();
  }
}

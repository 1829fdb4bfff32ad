package io.conclave.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/**
 * The directory of a member's data, locked for this process. Directories have mode 0700, files
 * 0600:
 *
 * <pre>
 * DATA-DIR/member/lock         held while the process lives
 *                 identity     who the data belongs to, see {@link Identity}
 *                 pins         what must not be forgotten about the peers, see {@link PinFile}
 *                 peer-urls    where the members were reached last, see {@link PeerUrls}
 *                 journal/     or --wal-dir
 *                 snapshots/
 *                 witness      how far the journal was synced
 * </pre>
 */
public final class DataDirectory implements AutoCloseable {
  private static final FileAttribute<?> DIRECTORY_MODE =
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  private static final Set<PosixFilePermission> FILE_MODE =
      EnumSet.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE);

  private static final String IDENTITY = "identity";

  private final Path member;
  private final Path journal;
  private final FileChannel lock;
  private Optional<Identity> identity;

  /** What a data directory holds. */
  enum Content {
    /** No data that anybody was promised to find again. */
    NOTHING,
    /** A member of a cluster that formed or was joined. */
    MEMBER,
    /** A proxy of etcd. */
    PROXY
  }

  private DataDirectory(Path member, Path journal, FileChannel lock, Optional<Identity> identity) {
    this.member = member;
    this.journal = journal;
    this.lock = lock;
    this.identity = identity;
  }

  /**
   * Looks without touching anything.
   *
   * @throws StartRefused if there is something else in its place, or data that is not ours, or the
   *     identity is damaged
   */
  static Content contentOf(NodeSettings settings) throws StartRefused {
    Path root = settings.dataDirectory();
    Set<String> names = names(root);
    if (names.contains("member") && names.contains("proxy")) {
      throw StartRefused.because("invalid datadir. Both member and proxy directories exist.");
    }
    Set<String> memberNames = names(root.resolve("member"));
    boolean isOfEtcd2 = memberNames.contains("wal") || memberNames.contains("snap");
    boolean isOfEtcd0 = names.contains("conf") && names.contains("log");
    if (isOfEtcd2 || isOfEtcd0) {
      throw StartRefused.because(
          "%s holds data of etcd, which only etcd can read: start with an empty --data-dir, beside"
              + " the running etcd, and copy the keys over the v2 API",
          root);
    }
    if (names.contains("proxy")) {
      return Content.PROXY;
    }
    Optional<Identity> identity = readIdentity(root.resolve("member"));
    boolean began = identity.filter(known -> known.formed() || known.joined()).isPresent();
    return began ? Content.MEMBER : Content.NOTHING;
  }

  /**
   * Creates what is missing and takes the lock.
   *
   * @throws StartRefused if another process holds the lock, the directory can't be written, or the
   *     identity is damaged
   */
  static DataDirectory open(NodeSettings settings) throws StartRefused {
    Path root = settings.dataDirectory();
    Path member = root.resolve("member");
    Path journal = settings.journalDirectory().orElse(member.resolve("journal"));
    try {
      Files.createDirectories(member, DIRECTORY_MODE);
      FileChannel lock = lock(member.resolve("lock"));
      try {
        Files.createDirectories(journal, DIRECTORY_MODE);
        Files.createDirectories(member.resolve("snapshots"), DIRECTORY_MODE);
        return new DataDirectory(member, journal, lock, readIdentity(member));
      } catch (IOException | StartRefused failure) {
        lock.close();
        throw failure;
      }
    } catch (IOException e) {
      throw StartRefused.because("cannot write to data directory %s: %s", root, FileProblem.of(e));
    }
  }

  /** What is below belongs to the member alone. */
  public Path member() {
    return member;
  }

  public Path journal() {
    return journal;
  }

  /** Empty until {@link #write} was called once in the life of the directory. */
  public Optional<Identity> identity() {
    return identity;
  }

  /** Replaces the identity; it is durable when the method returns. */
  public void write(Identity next) throws IOException {
    replace(IDENTITY, next.encode());
    identity = Optional.of(next);
  }

  /** Makes {@code text} the content of a file of the member; like {@link #write}. */
  void replace(String name, String text) throws IOException {
    replace(name, ByteBuffer.wrap(text.getBytes(UTF_8)));
  }

  /** Replaces the file atomically, whose new content is durable when the method returns. */
  void replace(String name, ByteBuffer content) throws IOException {
    Path draft = member.resolve(name + ".new");
    try (FileChannel file =
        FileChannel.open(
            draft,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      Files.setPosixFilePermissions(draft, FILE_MODE);
      while (content.hasRemaining()) {
        file.write(content);
      }
      file.force(true);
    }
    Files.move(draft, member.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    forceDirectory(member);
    forceDirectory(member.toAbsolutePath().getParent());
  }

  /** Lets the lock go; the process's end does it too. */
  @Override
  public void close() throws IOException {
    lock.close();
  }

  private static Set<String> names(Path directory) throws StartRefused {
    var names = new HashSet<String>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
      entries.forEach(entry -> names.add(entry.getFileName().toString()));
      return names;
    } catch (NoSuchFileException e) {
      return names;
    } catch (AccessDeniedException e) {
      throw StartRefused.because("error listing data dir: %s: %s", directory, FileProblem.of(e));
    } catch (IOException e) { // a file stands there: etcd's words
      throw StartRefused.because("error listing data dir: %s", directory);
    }
  }

  private static FileChannel lock(Path path) throws IOException, StartRefused {
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    try {
      Files.setPosixFilePermissions(path, FILE_MODE);
      FileLock taken = channel.tryLock();
      if (taken != null) {
        return channel;
      }
    } catch (OverlappingFileLockException e) {
      // Another data directory of this very process: refused like one of another process.
    }
    channel.close();
    throw StartRefused.because("open wal error: file already locked");
  }

  private static Optional<Identity> readIdentity(Path member) throws StartRefused {
    Path file = member.resolve(IDENTITY);
    Optional<String> text;
    try {
      text = CheckedLines.read(file);
    } catch (IOException e) {
      throw StartRefused.because("cannot read %s: %s", file, FileProblem.reason(e));
    }
    Optional<Identity> identity = text.flatMap(Identity::decode);
    if (text.isPresent() && identity.isEmpty()) {
      throw StartRefused.damaged(file);
    }
    return identity;
  }

  private static void forceDirectory(Path directory) throws IOException {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}

package io.conclave.persistence;

import static io.conclave.raft.core.Require.require;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.fusesource.leveldbjni.JniDBFactory;
import org.iq80.leveldb.CompressionType;
import org.iq80.leveldb.DB;
import org.iq80.leveldb.DBException;
import org.iq80.leveldb.DBFactory;
import org.iq80.leveldb.Options;
import org.iq80.leveldb.impl.Iq80DBFactory;

/** Who writes the segments: LevelDB's native library, or its Java port where there is none. */
enum LeveldbEngine {
  NATIVE {
    @Override
    DBFactory factory() {
      return JniDBFactory.factory;
    }
  },

  /**
   * The port is safe under two conditions. Its memory-mapped writer drops the sync at every MiB, so
   * that one is switched off; its file writer ignores short writes, so the segment compares the
   * log's length after every write ({@link #checksLength}).
   */
  JAVA {
    @Override
    DBFactory factory() {
      System.setProperty("leveldb.mmap", "false");
      require(!Iq80DBFactory.USE_MMAP, "the Java port of LevelDB must run with leveldb.mmap=false");
      return Iq80DBFactory.factory;
    }
  };

  abstract DBFactory factory();

  /**
   * Loads the engine that {@code setting} names: {@code native}, {@code java}, or {@code auto} for
   * the first that works here.
   *
   * @param libraryDirectory where the native library is unpacked; a temporary directory is often
   *     mounted so that nothing in it can be executed
   */
  static LeveldbEngine load(String setting, Path libraryDirectory) throws IOException {
    LeveldbEngine wanted = setting.equals("java") ? JAVA : NATIVE;
    if (wanted == JAVA) {
      return JAVA;
    }
    DurableFiles.createDirectories(libraryDirectory);
    for (Path stale : DurableFiles.list(libraryDirectory)) {
      Files.delete(stale);
    }
    System.setProperty("library.leveldbjni.path", libraryDirectory.toString());
    try {
      Class.forName(JniDBFactory.class.getName(), true, LeveldbEngine.class.getClassLoader());
      return NATIVE;
    } catch (ClassNotFoundException | LinkageError e) {
      if (setting.equals("auto")) {
        return JAVA;
      }
      throw new IOException("There is no native LevelDB library for this machine.", e);
    }
  }

  boolean checksLength() {
    return this == JAVA;
  }

  /** Creates a database in {@code directory}, which must not hold one. */
  DB create(Path directory, int writeBufferBytes) throws IOException {
    Options options =
        new Options()
            .createIfMissing(true)
            .errorIfExists(true)
            .writeBufferSize(writeBufferBytes)
            .compressionType(CompressionType.NONE);
    File file = directory.toFile();
    try {
      return factory().open(file, options);
    } catch (DBException e) {
      throw new IOException("LevelDB can't create " + directory + ": " + e.getMessage(), e);
    }
  }
}

package io.conclave.persistence;

import java.nio.file.FileStore;
import java.nio.file.attribute.FileAttributeView;
import java.nio.file.attribute.FileStoreAttributeView;

/** A disk that has as much room as the test says. */
final class FreeSpace extends FileStore {
  volatile long usable;

  FreeSpace(long usable) {
    this.usable = usable;
  }

  @Override
  public long getUsableSpace() {
    return usable;
  }

  @Override
  public long getUnallocatedSpace() {
    return usable;
  }

  @Override
  public long getTotalSpace() {
    return Long.MAX_VALUE;
  }

  @Override
  public String name() {
    return "test";
  }

  @Override
  public String type() {
    return "test";
  }

  @Override
  public boolean isReadOnly() {
    return false;
  }

  @Override
  public boolean supportsFileAttributeView(Class<? extends FileAttributeView> view) {
    return false;
  }

  @Override
  public boolean supportsFileAttributeView(String view) {
    return false;
  }

  @Override
  public <V extends FileStoreAttributeView> V getFileStoreAttributeView(Class<V> view) {
    return null;
  }

  @Override
  public Object getAttribute(String attribute) {
    throw new UnsupportedOperationException(attribute);
  }
}

package io.conclave.keyspace;

/**
 * A value that one actor replaces and any thread reads: readers see a whole version, without a
 * message.
 */
public final class Published<T> {
  private volatile T value;

  public Published(T first) {
    this.value = first;
  }

  public T get() {
    return value;
  }

  /** Called by the owning actor only. */
  public void set(T next) {
    this.value = next;
  }
}

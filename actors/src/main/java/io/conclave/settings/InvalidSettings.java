package io.conclave.settings;

import java.util.List;

/** Settings that can't be used; tells all that is wrong, not only the first. */
public final class InvalidSettings extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<String> problems;

  /**
   * @param problems one sentence each, beginning with the full name of the key; not empty
   */
  public InvalidSettings(List<String> problems) {
    super(String.join("; ", problems));
    this.problems = List.copyOf(problems);
  }

  public List<String> problems() {
    return problems;
  }
}

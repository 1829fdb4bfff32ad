package io.conclave.node;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A command line in the one spelling that our parser reads, {@code --flag=value}, made from the
 * several that Go's flag package takes: one dash or two, the value behind {@code =} or as the next
 * argument, booleans alone.
 *
 * @param flags up to the first argument that is no flag, or that can't be read
 * @param positional the first argument that is no flag
 * @param problem what can't be read, in the words of Go's flag package; the flags before it count
 * @param help whether the reading ended at {@code -h} or {@code --help}
 */
record GoArguments(
    List<String> flags, Optional<String> positional, Optional<String> problem, boolean help) {

  static GoArguments read(List<String> arguments) {
    var flags = new ArrayList<String>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.length() < 2 || !argument.startsWith("-")) {
        return ended(flags, Optional.of(argument));
      }
      if (argument.equals("--")) {
        return ended(flags, arguments.stream().skip(i + 1).findFirst());
      }
      String text = argument.substring(argument.startsWith("--") ? 2 : 1);
      if (text.startsWith("-") || text.startsWith("=")) {
        return broken(flags, "bad flag syntax: " + argument);
      }
      int equals = text.indexOf('=');
      String name = equals < 0 ? text : text.substring(0, equals);
      if (name.equals("h") || name.equals("help")) {
        return new GoArguments(flags, Optional.empty(), Optional.empty(), true);
      }
      Optional<Flag> flag = Flag.named(name);
      if (flag.isEmpty()) {
        return broken(flags, "flag provided but not defined: -" + name);
      }
      if (equals >= 0) {
        flags.add("--" + text);
      } else if (flag.get().kind().isBoolean()) {
        flags.add("--" + name + "=true");
      } else if (i + 1 < arguments.size()) {
        i++;
        flags.add("--" + name + "=" + arguments.get(i));
      } else {
        return broken(flags, "flag needs an argument: -" + name);
      }
    }
    return ended(flags, Optional.empty());
  }

  private static GoArguments ended(List<String> flags, Optional<String> positional) {
    return new GoArguments(flags, positional, Optional.empty(), false);
  }

  private static GoArguments broken(List<String> flags, String problem) {
    return new GoArguments(flags, Optional.empty(), Optional.of(problem), false);
  }
}

package io.conclave.node;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import picocli.CommandLine.Help;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

/**
 * Reads the command line and the {@code ETCD_} variables of a member (spec cli §1 to §4). A flag on
 * the command line wins over its variable; an empty variable counts as not set.
 */
final class CommandLine {
  private static final String PREFIX = "ETCD_";
  private static final int HELP_COLUMNS = 110;

  /** Asks etcd 2.3.8 to run where it was not tested; we run wherever Java does. */
  private static final String UNSUPPORTED_ARCH = "ETCD_UNSUPPORTED_ARCH";

  /** What the command line asks for. */
  sealed interface Request {
    /** Start a member, if these values go together. */
    record Start(FlagValues values) implements Request {}

    /** Print this text on stdout and end well. */
    record Print(String text) implements Request {}

    /** Print the problem on stderr and the usage on stdout, and end with exit code 2. */
    record Misused(String problem, String usage) implements Request {}
  }

  private CommandLine() {}

  /**
   * Reads the flags, then the variables.
   *
   * @throws StartRefused for an argument that is no flag and for a bad variable
   */
  static Request read(List<String> arguments, Map<String, String> environment, StartupLog log)
      throws StartRefused {
    GoArguments read = GoArguments.read(arguments);
    Map<Flag, String> given;
    try {
      given = parse(read.flags(), log);
    } catch (ParameterException e) {
      return new Request.Misused(problem(e), usage());
    }
    if (read.problem().isPresent()) {
      return new Request.Misused(read.problem().get(), usage());
    }
    if (read.help()) {
      return new Request.Print(usage());
    }
    if (read.positional().isPresent()) {
      throw StartRefused.flags("'" + read.positional().get() + "' is not a valid flag");
    }
    if (new FlagValues(given).isOn(Flag.VERSION)) {
      return new Request.Print(BuildVersion.text());
    }
    addVariables(given, environment, log);
    return new Request.Start(new FlagValues(given));
  }

  private static Map<Flag, String> parse(List<String> flags, StartupLog log) {
    var given = new EnumMap<Flag, String>(Flag.class);
    var parser = new picocli.CommandLine(spec(EnumSet.allOf(Flag.class)));
    parser
        .setExpandAtFiles(false)
        .setOverwrittenOptionsAllowed(true)
        .setPosixClusteredShortOptionsAllowed(false)
        .setInterpolateVariables(false);
    for (String flag : flags) {
      // One at a time: each occurrence is checked, and the last one counts, as in Go.
      for (OptionSpec option : parser.parseArgs(flag).matchedOptions()) {
        Flag named = Flag.named(option.longestName().substring(2)).orElseThrow();
        if (named.kind() == FlagKind.IGNORED) {
          log.warn("flag \"-%s\" is no longer supported - ignoring.".formatted(named.flagName()));
        }
        given.put(named, option.getValue());
      }
    }
    return given;
  }

  private static CommandSpec spec(Set<Flag> flags) {
    CommandSpec spec = CommandSpec.create().name("etcd");
    spec.usageMessage().width(HELP_COLUMNS);
    for (Flag flag : flags) {
      spec.addOption(
          OptionSpec.builder("--" + flag.flagName())
              .arity("1")
              .type(String.class)
              .paramLabel(paramLabel(flag))
              .description(description(flag))
              .converters(
                  text -> {
                    flag.kind().check(flag, text);
                    return text;
                  })
              .build());
    }
    return spec;
  }

  private static String problem(ParameterException e) {
    var option = (OptionSpec) e.getArgSpec();
    Flag flag = Flag.named(option.longestName().substring(2)).orElseThrow();
    String form =
        flag.kind() == FlagKind.BOOLEAN
            ? "invalid boolean value \"%s\" for -%s: %s"
            : "invalid value \"%s\" for flag -%s: %s";
    return form.formatted(e.getValue(), flag.flagName(), e.getCause().getMessage());
  }

  private static void addVariables(
      Map<Flag, String> given, Map<String, String> environment, StartupLog log)
      throws StartRefused {
    var unknown = new TreeMap<>(environment);
    unknown.keySet().removeIf(name -> !name.startsWith(PREFIX) || name.equals(UNSUPPORTED_ARCH));
    for (Flag flag : Flag.values()) {
      String text = Optional.ofNullable(unknown.remove(flag.variable())).orElse("");
      if (text.isEmpty()) {
        continue;
      }
      if (given.containsKey(flag)) {
        log.info(
            "recognized environment variable %s, but unused: shadowed by corresponding flag"
                .formatted(flag.variable()));
        continue;
      }
      try {
        flag.kind().check(flag, text);
      } catch (TypeConversionException e) {
        throw StartRefused.because(
            "invalid value \"%s\" for %s: %s", text, flag.variable(), e.getMessage());
      }
      log.info("recognized and used environment variable %s=%s".formatted(flag.variable(), text));
      given.put(flag, text);
    }
    unknown.forEach(
        (name, text) -> log.warn("unrecognized environment variable %s=%s".formatted(name, text)));
  }

  private static String usage() {
    var usage = new StringBuilder("usage: etcd [flags]\n\n");
    usage.append("One dash or two, --flag value or --flag=value; booleans alone or with =.\n");
    usage.append("Each flag can be given as a variable: ETCD_LISTEN_CLIENT_URLS.\n");
    for (Flag.Section section : Flag.Section.values()) {
      var flags = EnumSet.allOf(Flag.class);
      flags.removeIf(flag -> flag.section() != section);
      usage.append('\n').append(section.title()).append(":\n");
      usage.append(new Help(spec(flags), Help.Ansi.OFF).optionList());
    }
    return usage.toString();
  }

  private static String paramLabel(Flag flag) {
    return switch (flag.kind()) {
      case BOOLEAN -> "true|false";
      case NUMBER -> "N";
      case URLS -> "URL,...";
      case CHOICE -> String.join("|", flag.choices());
      case ADDRESS -> "IP:PORT";
      case TEXT, IGNORED, REMOVED -> "TEXT";
    };
  }

  /** One line, or two if the default is too long to stand behind the text. */
  private static String[] description(Flag flag) {
    String text =
        LaterFeatures.FLAGS.contains(flag)
            ? flag.description() + " Not implemented yet."
            : flag.description();
    String defaultText = flag.defaultText();
    if (defaultText.isEmpty() || defaultText.equals("false")) {
      return new String[] {text};
    }
    String inBrackets = "(" + defaultText + ")";
    return defaultText.length() > 20
        ? new String[] {text, inBrackets}
        : new String[] {text + " " + inBrackets};
  }
}

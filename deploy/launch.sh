# Starts one of the project's programs. Sourced by the scripts in deploy/bin, which set DEPLOY to
# this directory; POSIX sh.

ROOT=${DEPLOY%/deploy}
. "$DEPLOY/jdk.sh"

# launch MODULE CLASS ARGUMENT...: becomes java running CLASS, after building MODULE if it was never
# built. Sources that changed since then are not noticed; `mvn -DskipTests package` builds again.
launch() {
  module=$1
  shift
  target=$ROOT/$module/target
  find_jdk "$target/jdk.properties" || exit 1
  is_built || build
  # A POSIX locale would turn every letter beyond ASCII in an argument or path into a question mark.
  case ${LC_ALL:-${LC_CTYPE:-${LANG:-}}} in
    '' | C | POSIX) export LC_ALL=C.UTF-8 ;;
  esac
  # A cache of another JDK or build does not fit; then the JVM goes on without it, and silently.
  cache=
  [ ! -f "$target/$module.aot" ] || cache=$target/$module.aot
  # JAVA_OPTS is meant to be split into words.
  # shellcheck disable=SC2086
  exec "$JDK/bin/java" "@$DEPLOY/jvm.options" \
    ${cache:+"-XX:AOTCache=$cache" -Xlog:aot=off -Xlog:cds=off} ${JAVA_OPTS-} \
    -classpath "$target/$module.jar" "$@"
}

# The build writes jdk.properties last.
is_built() {
  [ -f "$target/jdk.properties" ] && [ -f "$target/$module.jar" ] && [ -d "$target/lib" ]
}

# Builds the module; launchers started at the same time wait for the first.
build() {
  if ! command -v mvn >/dev/null; then
    echo "Nothing is built yet and there is no mvn to build it: install Maven 3.8 or later." >&2
    exit 1
  fi
  # Maven may run on an older Java; this name is where its toolchains plugin looks for others.
  export JAVA25_HOME="$JDK"
  command -v java >/dev/null || export JAVA_HOME="${JAVA_HOME:-$JDK}"
  if command -v flock >/dev/null; then
    exec 9<"$DEPLOY/launch.sh"
    flock -n 9 || { echo "Waiting for another launcher that is building Conclave." >&2; flock 9; }
  fi
  if ! is_built; then
    echo "Building Conclave; this happens once and takes a few minutes." >&2
    mvn -B -f "$ROOT/pom.xml" -DskipTests -pl "$module" -am package 9<&- </dev/null 2>&1 | progress
  fi
  exec 9<&-
  if ! is_built; then
    echo "The build failed; mvn -DskipTests package shows all of it." >&2
    exit 1
  fi
}

# progress: of Maven's output, the modules, a count of the downloads, and errors.
progress() {
  downloads=0
  while read -r line; do
    case $line in
      "[INFO] Building Conclave"*) echo "  ${line#"[INFO] Building "}" >&2 ;;
      "[ERROR]"*) echo "$line" >&2 ;;
      *"Downloaded from"*)
        downloads=$((downloads + 1))
        [ $((downloads % 50)) -ne 0 ] || echo "  $downloads files fetched" >&2
        ;;
    esac
  done
}

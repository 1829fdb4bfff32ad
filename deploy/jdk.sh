# Finds a JDK that is new enough. Sourced by the launchers and by .ci/run; POSIX sh, no other effects.

JDK_NEEDED=25

# jdk_suits HOME: is there a JDK of version $JDK_NEEDED or later? Reads its release file and starts
# no process, so that asking costs nothing.
jdk_suits() {
  [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  while IFS='=' read -r key value; do
    [ "$key" = JAVA_VERSION ] || continue
    value=${value#\"}
    value=${value%%[!0-9]*}
    [ "${value:-0}" -ge "$JDK_NEEDED" ]
    return
  done <"$1/release"
  return 1
}

# jdk_home_of_path: the home of the java found on PATH.
jdk_home_of_path() {
  java_on_path=$(command -v java 2>/dev/null) || return 1
  java_on_path=$(readlink -f "$java_on_path" 2>/dev/null) || return 1
  echo "${java_on_path%/bin/java}"
}

# jdk_of_build FILE: the java.home in the properties that the build wrote.
jdk_of_build() {
  [ -r "$1" ] || return 1
  while read -r key equals value; do
    if [ "$key $equals" = "java.home =" ]; then
      echo "$value"
      return
    fi
  done <"$1"
}

# find_jdk FILE: sets JDK to the first home that suits: the one that FILE says the build chose,
# $JAVA_HOME, java on PATH, then the places where systems and tools install JDKs. Fails with one sentence
# if there is none.
find_jdk() {
  for JDK in "$(jdk_of_build "$1")" "${JAVA_HOME:-}" "$(jdk_home_of_path)"; do
    if [ -n "$JDK" ] && jdk_suits "$JDK"; then
      return
    fi
  done
  for JDK in "${JAVA25_HOME:-}" /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* \
    /usr/local/openjdk* /opt/java/* /opt/jdk* /opt/homebrew/opt/openjdk*/libexec/openjdk.jdk/Contents/Home \
    /Library/Java/JavaVirtualMachines/*/Contents/Home "${HOME:-}"/.sdkman/candidates/java/* \
    "${HOME:-}"/.jdks/* "${HOME:-}"/.m2/jdks/* "${HOME:-}"/.gradle/jdks/* "${HOME:-}"/.jenv/versions/* \
    "${HOME:-}"/.jbang/cache/jdks/* "${HOME:-}"/.asdf/installs/java/* "${HOME:-}"/.jabba/jdk/* \
    "${HOME:-}"/.local/share/mise/installs/java/*; do
    if jdk_suits "$JDK"; then
      return
    fi
  done
  echo "No JDK $JDK_NEEDED or later found: install one (for example from https://adoptium.net)" \
    "or let JAVA_HOME point to it." >&2
  return 1
}

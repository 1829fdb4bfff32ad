# Members of a local cluster, as processes. Sourced by deploy/bin/conclave-cluster and the demos; POSIX
# sh. Whoever sources it sets DEPLOY to this directory, CLUSTER_HOME to where data and logs lie, and
# CLUSTER_PORT to the client port of infra1; infraN uses CLUSTER_PORT + 100 (N - 1), and the next
# port for its peers.

# client_url N, peer_url N: where infraN is reached.
client_url() {
  echo "http://127.0.0.1:$((CLUSTER_PORT + 100 * ($1 - 1)))"
}
peer_url() {
  echo "http://127.0.0.1:$((CLUSTER_PORT + 100 * ($1 - 1) + 1))"
}

# initial_cluster N...: these members as --initial-cluster wants them.
initial_cluster() {
  list=
  for member in "$@"; do
    list="$list${list:+,}infra$member=$(peer_url "$member")"
  done
  echo "$list"
}

# start_member N FLAG...: starts infraN on its data, which need not exist; returns at once.
start_member() {
  number=$1
  shift
  # The launcher becomes the server, so that this is the server's pid.
  "$DEPLOY/bin/conclave" --name "infra$number" --data-dir "$CLUSTER_HOME/infra$number" \
    --listen-client-urls "$(client_url "$number")" \
    --advertise-client-urls "$(client_url "$number")" \
    --listen-peer-urls "$(peer_url "$number")" \
    --initial-advertise-peer-urls "$(peer_url "$number")" \
    "$@" </dev/null >>"$CLUSTER_HOME/infra$number.log" 2>&1 &
  eval "pid_of_$number=$!"
}

# pid_of N: the process of infraN, whether it still runs or not; fails if this script never started it.
pid_of() {
  eval "pid=\${pid_of_$1:-}"
  [ -n "$pid" ] && echo "$pid"
}

# runs N: is infraN alive?
runs() {
  pid=$(pid_of "$1") && kill -0 "$pid" 2>/dev/null
}

# signal_member N SIGNAL: sends it if infraN runs.
signal_member() {
  runs "$1" && kill -s "$2" "$(pid_of "$1")"
}

# end_of N: waits until infraN has ended and returns its exit code.
end_of() {
  wait "$(pid_of "$1")"
}

# stop_members N...: asks all to stop in order and waits for them.
stop_members() {
  for member in "$@"; do
    signal_member "$member" TERM || :
  done
  for member in "$@"; do
    pid_of "$member" >/dev/null && { end_of "$member" || :; }
  done
}

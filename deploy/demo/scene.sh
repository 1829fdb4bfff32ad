# What the demos share. Sourced; POSIX sh. Each demo runs members of its own in a temporary directory,
# which stays if a claim fails.
set -eu
self=$(readlink -f "$0")
DEPLOY=${self%/demo/*}
CLUSTER_PORT=${CLUSTER_PORT:-23790}
CLUSTER_HOME=$(mktemp -d)
. "$DEPLOY/members.sh"
STARTED=

say() {
  printf '%s\n' "$*"
}

# fail TEXT: the claim does not hold.
fail() {
  say "FAILED: $*"
  say "Data and logs stay in $CLUSTER_HOME"
  exit 1
}

clean_up() {
  status=$?
  trap - EXIT INT TERM
  for one in $STARTED; do
    signal_member "$one" KILL || :
  done
  [ $status -ne 0 ] || rm -rf "$CLUSTER_HOME"
  exit $status
}
trap clean_up EXIT
trap 'exit 130' INT TERM

# start N FLAG...: like start_member, and remembered for the end.
start() {
  case " $STARTED " in *" $1 "*) ;; *) STARTED="$STARTED $1" ;; esac
  start_member "$@"
}

# kill_member N: ends infraN as a crash of its machine would, and waits for it.
kill_member() {
  signal_member "$1" KILL
  end_of "$1" 2>/dev/null || :
}

# await TEXT COMMAND...: tries for 90 s until the command succeeds.
await() {
  what=$1
  shift
  tries=900
  until "$@" >/dev/null 2>&1; do
    tries=$((tries - 1))
    [ $tries -gt 0 ] || fail "waited in vain for $what"
    sleep 0.1
  done
}

healthy() {
  [ "$(curl -s --max-time 2 "$(client_url "$1")/health")" = '{"health": "true"}' ]
}

# await_healthy N...: until all of them serve and know a leader.
await_healthy() {
  for one in "$@"; do
    await "infra$one to be healthy" healthy "$one"
  done
}

# put N KEY VALUE: writes through infraN; succeeds if the write is acknowledged.
put() {
  status=$(curl -s -o /dev/null -w '%{http_code}' --max-time "${PATIENCE:-10}" \
    "$(client_url "$1")/v2/keys/$2" -XPUT -d "value=$3") || return 1
  [ "$status" = 200 ] || [ "$status" = 201 ]
}

# value N KEY [QUERY]: what infraN says the key holds.
value() {
  curl -s --max-time 10 "$(client_url "$1")/v2/keys/$2${3:+?$3}" |
    sed -n 's/.*"value":"\([^"]*\)".*/\1/p'
}

# holds N KEY VALUE [QUERY]
holds() {
  [ "$(value "$1" "$2" "${4:-}")" = "$3" ]
}

leads() {
  curl -s --max-time 2 "$(client_url "$1")/v2/stats/self" | grep -q '"state":"StateLeader"'
}

# find_leader N...: sets LEADER to the one of them that leads.
find_leader() {
  tries=900
  while :; do
    for one in "$@"; do
      if leads "$one"; then
        LEADER=$one
        return
      fi
    done
    tries=$((tries - 1))
    [ $tries -gt 0 ] || fail "nobody leads"
    sleep 0.1
  done
}

# without N LIST...: the list without N.
without() {
  gone=$1
  shift
  for one in "$@"; do
    [ "$one" = "$gone" ] || printf '%s ' "$one"
  done
}

first_of() {
  echo "$1"
}

now_ms() {
  echo $(($(date +%s%N) / 1000000))
}

# write_many FROM TO N...: keys kFROM to kTO with their number as value, through these members in turn.
write_many() {
  from=$1
  to=$2
  shift 2
  count=$from
  while [ "$count" -le "$to" ]; do
    put "$1" "k$count" "$count" || fail "infra$1 does not acknowledge k$count"
    turn=$1
    shift
    set -- "$@" "$turn"
    count=$((count + 1))
  done
}

# expect_all TO N [QUERY]: infraN holds k1 to kTO.
expect_all() {
  count=1
  while [ "$count" -le "$1" ]; do
    holds "$2" "k$count" "$count" "${3:-}" || fail "k$count is lost on infra$2"
    count=$((count + 1))
  done
}

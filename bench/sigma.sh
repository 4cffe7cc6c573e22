#!/usr/bin/env bash
# Sigma rules on one thread, by number of rules, in processor time, so that other work on the machine counts less.
#   bench/sigma.sh RULES EVENTS [ROUNDS [COUNT...]]
# RULES are files, folders or archives of Sigma rules; EVENTS any logs. Counts beyond the rules there are make variants.
set -euo pipefail
here=$(cd "$(dirname "$0")/.." && pwd)
cd "$here"
[ $# -ge 2 ] || { sed -n '2,4s/^# //p' "$0" >&2; exit 2; }
rules=$(realpath "$1") events=$(realpath "$2") rounds=${3:-8}
shift 2
[ $# -gt 0 ] && shift
[ $# -gt 0 ] || set -- 100 1000 3755 30000
JAVA_HOME=$(scripts/find-jdk)
export JAVA_HOME
mvn -q -B -DskipTests -Dmaven.test.skip=true -pl bench -am package dependency:build-classpath \
  -Dmdep.outputFile=target/classpath >&2
exec "$JAVA_HOME/bin/java" -Xmx3g -XX:+UseSerialGC --enable-native-access=ALL-UNNAMED \
  --sun-misc-unsafe-memory-access=allow -cp "bench/target/classes:$(cat bench/target/classpath)" \
  io.carom.bench.SigmaFigures "$rules" "$events" "$rounds" "$@"
